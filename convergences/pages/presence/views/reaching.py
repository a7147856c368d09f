"""« Me joindre »: one's hours and absence, as référents and autorités territoriales read them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.directory import staff
from convergences.directory.models import Presence
from convergences.directory.services import presence
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.presence.forms import AbsenceForm, HoursForm
from convergences.pages.presence.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: CorrespondentRequest) -> HttpResponse:
    """Show what others read, and announce an absence."""
    if request.method != "POST":
        return _show(request)
    form = AbsenceForm(request.POST, own=request.agent)
    if form.is_valid():
        said = form.cleaned_data
        try:
            presence.announce(said["first"], said["last"], form.chosen(), actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _told(request, "Votre absence est enregistrée. Elle se termine d'elle-même.")
    return _show(request, absence=form)


@for_correspondent
@require_POST
def hours(request: CorrespondentRequest) -> HttpResponse:
    """Save one's hours."""
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            presence.set_hours(form.cleaned_data["hours"], actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _told(request, "Vos horaires sont enregistrés.")
    return _show(request, hours=form)


@for_correspondent
@require_POST
def come_back(request: CorrespondentRequest) -> HttpResponse:
    """Take back an absence."""
    try:
        presence.come_back(actor=actor_of(request))
    except Refusal as refusal:
        return _told(request, refusal.sentence, good=False)
    return _told(request, "Votre absence est levée.")


def _told(request: CorrespondentRequest, sentence: str, *, good: bool = True) -> HttpResponse:
    (messages.success if good else messages.warning)(request, french(sentence))
    return HttpResponseRedirect(reverse("presence:reach"))


def _show(request: CorrespondentRequest, **forms: HoursForm | AbsenceForm) -> HttpResponse:
    kept = Presence.objects.filter(agent=request.agent).select_related("replaced_by").first()
    ahead = kept if kept and kept.absent_until and kept.absent_until >= clock.today() else None
    context: dict[str, Any] = {
        "hours": HoursForm(initial={"hours": kept.hours if kept else ""}),
        "absence": AbsenceForm(own=request.agent, initial=_announced(ahead)),
        "ahead": ahead,
        "away": ahead is not None and ahead.is_away(clock.today()),
        "contact": staff.contact_for(request.agent),
        **forms,
    }
    wrong = next((form for form in forms.values() if form.errors), None)
    return page(request, "presence/reach.html", {**context, "wrong": wrong}, status=UNPROCESSABLE if wrong else 200)


def _announced(ahead: Presence | None) -> dict[str, Any]:
    if ahead is None:
        return {}
    return {"first": ahead.absent_from, "last": ahead.absent_until, "replaced_by": str(ahead.replaced_by_id or "")}
