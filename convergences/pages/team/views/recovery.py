"""« Aider à retrouver l'accès »: a référent answers for an agent who has lost every second factor. No secret passes."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.authentication import queries
from convergences.authentication.recovery_errors import HelpedByOperators, HelpedByTheCentre
from convergences.authentication.services import recoveries
from convergences.directory.errors import OwnAccount
from convergences.directory.models import Membership
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.team.members import Person, for_member
from convergences.pages.team.own_account import own_account
from convergences.pages.team.showing import page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.requests import EmployerRequest

FORBIDDEN = 403


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Explain what the agent will have to do, when, and who is told; then start."""
    try:
        if request.method == "POST":
            recoveries.start(member, actor=actor_of(request))
            messages.success(request, french(f"La récupération est demandée. {member.full_name} reçoit un e-mail."))
            return to_sheet(request, member)
        recoveries.check_may_start(member, actor=actor_of(request))
    except OwnAccount:
        return own_account(request, member)
    except (HelpedByTheCentre, HelpedByOperators) as refusal:
        return _show(request, member, refused=refusal.sentence)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return to_sheet(request, member)
    return to_sheet(request, member) if recoveries.under_way(member.agent) else _show(request, member)


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Cancel the recovery under way, whoever asked for it."""
    if request.method == "POST":
        try:
            recoveries.cancel(member, actor=actor_of(request))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, french(f"La récupération est annulée. {member.full_name} reçoit un e-mail."))
    return to_sheet(request, member)


def _show(request: EmployerRequest, member: Membership, *, refused: str = "") -> HttpResponse:
    context = {
        "person": Person.of(member, request.agent),
        "refused": refused,
        "hours": settings.CONFIGURATION.recovery_delay_hours,
        "days": recoveries.LASTS.days,
        "blocked": queries.methods_of(member.agent).blocked,
    }
    return page(request, "team/recover.html", context, status=FORBIDDEN if refused else 200)
