"""The end of a mandate, after a page that says what the référent keeps and loses, and who is left."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.campaigns.services import mandates
from convergences.directory import employers
from convergences.directory.models import Membership
from convergences.entitlements import queries as entitlements
from convergences.foundations.errors import Refusal
from convergences.foundations.text import day_in_words
from convergences.pages.mandates.forms import EndForm
from convergences.pages.mandates.guarded import for_mandate
from convergences.pages.mandates.showing import UNPROCESSABLE, page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest


@for_mandate
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: CorrespondentRequest, member: Membership) -> HttpResponse:
    """Ask when; say what will happen; then do it, once confirmed."""
    if request.method != "POST":
        return _show(request, member, EndForm())
    form = EndForm(request.POST)
    if not form.is_valid() or "corriger" in request.POST:
        return _show(request, member, form)
    if "confirmer" not in request.POST:
        return _show(request, member, form, foreseen=True)
    said, actor = form.cleaned_data, actor_of(request)
    try:
        if form.is_now:
            mandates.end(member, reason=said["reason"], actor=actor)
            sentence = f"{member.full_name} n'est plus référent."
        else:
            mandates.end_on(member, said["last"], reason=said["reason"], actor=actor)
            sentence = f"Le mandat de {member.full_name} prend fin le {day_in_words(said['last'])} au soir."
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _show(request, member, form)
    return to_sheet(request, member, sentence)


@for_mandate
@require_POST
def lift(request: CorrespondentRequest, member: Membership) -> HttpResponse:
    """Take back the day that was said."""
    try:
        mandates.lift_end(member, actor=actor_of(request))
    except Refusal as refusal:
        return to_sheet(request, member, refusal.sentence, good=False)
    return to_sheet(request, member, f"{member.full_name} reste référent : la fin prévue est annulée.")


def _show(request: CorrespondentRequest, member: Membership, form: EndForm, *, foreseen: bool = False) -> HttpResponse:
    context: dict[str, Any] = {"member": member, "employer": member.organization, "form": form}
    if foreseen:
        left = employers.referents_of_each([member.organization_id])[member.organization_id]
        context["left"] = [each for each in left if each.pk != member.pk]
        context["rights"] = len(entitlements.current_for([member.pk])[member.pk])
    template = "mandates/end_review.html" if foreseen else "mandates/end.html"
    return page(request, template, context, status=UNPROCESSABLE if form.errors else 200)
