"""The agent's own sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from convergences.directory import queries as directory
from convergences.directory import staff
from convergences.directory.models import Membership, Organization, Role
from convergences.pages.account.rights import sheets_of
from convergences.pages.account.showing import page
from convergences.web.requests import AgentRequest


@dataclass(frozen=True, slots=True)
class Correction:
    """Whom to write to, for one employer."""

    organization: Organization
    contacts: list[Membership]


@require_safe
def front(request: AgentRequest) -> HttpResponse:
    """Lead a référent to their dashboard, anybody else to their sheet."""
    managed = request.header.managed
    if managed:
        return HttpResponseRedirect(reverse("team:dashboard", args=[managed[0].key]))
    return HttpResponseRedirect(reverse("account:profile"))


@require_safe
def profile(request: AgentRequest) -> HttpResponse:
    """Show who the agent is, for whom they work, what they may open, and who corrects what is wrong."""
    employers = request.header.memberships
    roles = staff.staff_roles_of(request.agent)
    context = {
        "employers": employers,
        "pending": directory.attachments(request.agent),
        "is_referent": any(employer.is_referent for employer in employers),
        "staff_roles": [Role(role).label for role in sorted(roles)],
        "corrections": _corrections(request, employers),
        "rights": sheets_of(request.agent, employers),
    }
    return page(request, "account/profile.html", context)


def _corrections(request: AgentRequest, employers: Sequence[Membership]) -> list[Correction]:
    """Return, for each employer, its référents but the agent: nobody corrects their own sheet."""
    by_employer = directory.referents_by_organization([employer.organization_id for employer in employers])
    found = []
    for employer in employers:
        contacts = [each for each in by_employer[employer.organization_id] if each.agent_id != request.agent.pk]
        if contacts:
            found.append(Correction(employer.organization, contacts))
    return found
