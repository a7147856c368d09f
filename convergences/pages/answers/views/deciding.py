"""Accepting an answer after a page that says what happens; sending it back, or putting it away, with a reason."""

from collections.abc import Callable
from typing import ClassVar

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.campaigns.errors import ForeseenOtherwise
from convergences.campaigns.models import Designation, DesignationState
from convergences.campaigns.services import deciding, eyes, foreseeing
from convergences.directory.names import of
from convergences.foundations.errors import Refusal
from convergences.pages.answers.guarded import for_answer
from convergences.pages.answers.showing import UNPROCESSABLE, page, to_answer, to_queue
from convergences.web.actor import actor_of
from convergences.web.forms.house import HouseForm
from convergences.web.requests import CorrespondentRequest

DECIDED = "Cette réponse n'attend plus : elle est {state}."
ACCEPTED = "La désignation {of_employer} est acceptée : {told}."


class ReasonForm(HouseForm):
    """Why an answer comes back, or is put away."""

    missing: ClassVar = {"reason": "Dites pourquoi : l'autorité territoriale lira ce motif."}

    reason = forms.CharField(
        label="Motif", max_length=deciding.LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 5})
    )


@for_answer
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: CorrespondentRequest, designation: Designation) -> HttpResponse:
    """Say what accepting does, then do it if it is still so."""
    refused = _refused(request, designation, accepting=True)
    if refused is not None:
        return refused
    moved = False
    if request.method == "POST":
        try:
            done = deciding.accept(designation, actor=actor_of(request), seen=request.POST.get("seen") or "-")
        except ForeseenOtherwise:
            moved = True
        except Refusal as refusal:
            return to_answer(request, designation, refusal.sentence)
        else:
            return to_queue(
                request, ACCEPTED.format(of_employer=of(done.invitation.organization.name), told=_told(done))
            )
    context = {
        "designation": designation,
        "employer": designation.invitation.organization,
        "foreseen": foreseeing.foresee(designation),
        "moved": moved,
    }
    return page(request, "answers/accept.html", context, status=UNPROCESSABLE if moved else 200)


@for_answer
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: CorrespondentRequest, designation: Designation) -> HttpResponse:
    """Ask why, then send the answer back."""
    if not deciding.may_be_corrected(designation.invitation):
        said = "La campagne est close, ou l'employeur fermé : cette réponse ne peut plus être corrigée."
        return to_answer(request, designation, said)
    return _with_reason(request, designation, deciding.send_back, "answers/send_back.html", "renvoyée")


@for_answer
@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request: CorrespondentRequest, designation: Designation) -> HttpResponse:
    """Ask why, then put away an answer that can no longer be corrected."""
    if deciding.may_be_corrected(designation.invitation):
        return to_answer(request, designation, "Cette réponse peut encore être corrigée : renvoyez-la.")
    return _with_reason(request, designation, deciding.set_aside, "answers/set_aside.html", "classée sans suite")


def _with_reason(
    request: CorrespondentRequest,
    designation: Designation,
    act: Callable[..., Designation],
    template: str,
    word: str,
) -> HttpResponse:
    refused = _refused(request, designation)
    if refused is not None:
        return refused
    form = ReasonForm(request.POST if request.method == "POST" else None)
    employer = designation.invitation.organization
    if request.method == "POST" and form.is_valid():
        try:
            act(designation, form.cleaned_data["reason"], actor=actor_of(request))
        except Refusal as refusal:
            if not refusal.field:
                return to_answer(request, designation, refusal.sentence)
            form.add_refusal(refusal)
        else:
            return to_queue(request, f"La réponse {of(employer.name)} est {word}.")
    context = {"designation": designation, "employer": employer, "form": form}
    return page(request, template, context, status=UNPROCESSABLE if form.errors else 200)


def _refused(
    request: CorrespondentRequest, designation: Designation, *, accepting: bool = False
) -> HttpResponse | None:
    """Lead back to the answer when it is decided, or when this correspondant may not decide it."""
    if designation.state != DesignationState.RECEIVED:
        return to_answer(request, designation, DECIDED.format(state=designation.get_state_display().lower()))
    actor = actor_of(request)
    refusal = eyes.why_not_decide(designation, actor)
    if refusal is None and accepting:
        refusal = eyes.why_not_accept(designation, actor)
    return to_answer(request, designation, refusal.sentence) if refusal else None


def _told(done: Designation) -> str:
    number = len(done.named.all())
    return f"{number} personnes sont référentes" if number > 1 else "une personne est référente"
