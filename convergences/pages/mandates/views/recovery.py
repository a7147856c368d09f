"""A way back for a référent who has lost everything: a correspondant answers for them. No secret passes here."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.authentication.services import recoveries
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.pages.mandates.guarded import for_mandate
from convergences.pages.mandates.showing import page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest

FORBIDDEN = 403


@for_mandate
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: CorrespondentRequest, member: Membership) -> HttpResponse:
    """Explain what the référent will have to do, when, and who is told; then start. Or say what is under way."""
    try:
        if request.method == "POST":
            recoveries.start(member, actor=actor_of(request))
            return to_sheet(request, member, f"La récupération est demandée. {member.full_name} reçoit un e-mail.")
        recoveries.check_may_start(member, actor=actor_of(request))
    except Refusal as refusal:
        return _show(request, member, refused=refusal.sentence)
    return _show(request, member)


@for_mandate
@require_POST
def cancel(request: CorrespondentRequest, member: Membership) -> HttpResponse:
    """Cancel the recovery under way, whoever asked for it."""
    try:
        recoveries.cancel(member, actor=actor_of(request))
    except Refusal as refusal:
        return to_sheet(request, member, refusal.sentence, good=False)
    return to_sheet(request, member, f"La récupération est annulée. {member.full_name} reçoit un e-mail.")


def _show(request: CorrespondentRequest, member: Membership, *, refused: str = "") -> HttpResponse:
    recovery = None if refused else recoveries.under_way(member.agent)
    ours = recovery is not None and recovery.organization_id == member.organization_id
    context = {
        "member": member,
        "employer": member.organization,
        "person": member,
        "refused": refused,
        "recovery": recovery,
        "may_cancel": ours,
        "is_open": recovery is not None and recovery.opens_at <= clock.now(),
        "hours": settings.CONFIGURATION.recovery_delay_hours,
        "days": recoveries.LASTS.days,
    }
    return page(request, "mandates/recover.html", context, status=FORBIDDEN if refused else 200)
