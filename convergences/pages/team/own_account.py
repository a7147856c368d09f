"""A référent does not modify, suspend or delete their own account: the page that says whom to ask."""

from django.http import HttpResponse

from convergences.directory import queries, staff
from convergences.directory.models import Membership
from convergences.pages.team.members import Person
from convergences.pages.team.showing import page
from convergences.web.requests import EmployerRequest

FORBIDDEN = 403


def own_account(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Answer 403 with the names of those who may do it."""
    others = [each for each in queries.referents_of(request.organization.pk) if each.agent_id != request.agent.pk]
    context = {
        "person": Person.of(member, request.agent),
        "others": others,
        "contact": staff.contact_of(request.organization),
    }
    return page(request, "team/own_account.html", context, status=FORBIDDEN)
