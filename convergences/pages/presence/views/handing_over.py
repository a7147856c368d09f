"""Employers handed over from a correspondant to another, all in one act, after a page that names them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.directory import portfolios
from convergences.directory.services.portfolios import transfer
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.presence.forms import HandingOverForm
from convergences.pages.presence.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

SHOWN = 25


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: CorrespondentRequest) -> HttpResponse:
    """Ask whose employers and to whom; name them; then hand them over, once confirmed."""
    known = portfolios.portfolios()
    if request.method != "POST":
        return _ask(request, HandingOverForm(portfolios=known, own=request.agent))
    form = HandingOverForm(request.POST, portfolios=known, own=request.agent)
    if not form.is_valid() or "corriger" in request.POST:
        return _ask(request, form)
    if form.whose_id == form.chosen.pk:
        form.add_error("to", french("Choisissez quelqu'un d'autre : ces employeurs sont déjà les siens."))
        return _ask(request, form)
    if "confirmer" not in request.POST:
        return _review(request, form)
    try:
        number = transfer(form.whose_id, form.chosen, seen=request.POST.get("seen", ""), actor=actor_of(request))
    except Refusal as refusal:
        return _review(request, form, moved=refusal.sentence)
    several = f"{number} employeurs sont confiés" if number > 1 else "Un employeur est confié"
    messages.success(request, french(f"{several} à {form.chosen.full_name}."))
    return HttpResponseRedirect(reverse("employers:employers"))


def _ask(request: CorrespondentRequest, form: HandingOverForm) -> HttpResponse:
    return page(request, "presence/hand_over.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


def _review(request: CorrespondentRequest, form: HandingOverForm, *, moved: str = "") -> HttpResponse:
    found = list(portfolios.followed_by(form.whose_id).only("pk", "name", "name_key", "department"))
    context: dict[str, Any] = {
        "form": form,
        "number": len(found),
        "shown": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
        "seen": portfolios.mark(found),
        "whose": dict(form["whose"].field.choices)[form.cleaned_data["whose"]],  # type: ignore[attr-defined]
        "moved": moved,
    }
    return page(request, "presence/hand_over_review.html", context, status=UNPROCESSABLE if moved else 200)
