"""The page of one answer: who signed it and how, each person beside what is known, what accepting would do."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.campaigns import queue
from convergences.campaigns.models import Designation, DesignationState
from convergences.campaigns.services import deciding, eyes, foreseeing
from convergences.directory import employers as directory
from convergences.directory.queries import state_of
from convergences.pages.answers.guarded import for_answer
from convergences.pages.answers.lines import beside
from convergences.pages.answers.showing import PROOFS, chip_of, how_long_kept, is_picture, page
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest


@for_answer
@require_safe
def answer(request: CorrespondentRequest, designation: Designation) -> HttpResponse:
    """Show an answer, decided or not, in a constant number of queries."""
    organization = designation.invitation.organization
    waiting = designation.state == DesignationState.RECEIVED
    context = {
        "designation": designation,
        "invitation": designation.invitation,
        "employer": organization,
        "chip": chip_of(designation),
        "proof": PROOFS.get(designation.proof),
        "referents": directory.referents_of_each([organization.pk])[organization.pk],
        "former": [(each, chip_of(each)) for each in queue.former_answers(designation)],
        "is_picture": is_picture(designation.scan),
        "scan_kept": how_long_kept(designation),
        "waiting": waiting,
        **(_to_decide(request, designation) if waiting else {"named": designation.named.all()}),
    }
    return page(request, "answers/answer.html", context)


def _to_decide(request: CorrespondentRequest, designation: Designation) -> dict[str, Any]:
    actor, foreseen = actor_of(request), foreseeing.foresee(designation)
    fates = [(fate, state_of(fate.member) if fate.member else "", beside(fate)) for fate in foreseen.fates]
    concerned = eyes.why_not_decide(designation, actor)
    same_hand = None if concerned else eyes.why_not_accept(designation, actor)
    return {
        "foreseen": foreseen,
        "fates": fates,
        "concerned": concerned,
        "same_hand": same_hand,
        "may_be_corrected": deciding.may_be_corrected(designation.invitation),
    }
