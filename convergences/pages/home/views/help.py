"""Help: the usual questions, and the people to ask by name."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from convergences.pages.home.people import Circle, correspondents, referents_of_all
from convergences.web.entrance.guards import open_to_strangers
from convergences.web.requests import HouseRequest

SUBJECT = "Question sur CONVERGENCES"


@require_safe
@open_to_strangers
def help_page(request: HouseRequest) -> HttpResponse:
    """Show the questions; to an agent, their référents, and to a référent, the correspondant of their employers."""
    return render(request, "home/help.html", {"circles": _circles(request)})


def _circles(request: HouseRequest) -> list[Circle]:
    managed = {organization.pk for organization in request.header.managed}
    users = [member for member in request.header.memberships if member.organization_id not in managed]
    circles = [
        *referents_of_all(users, subject=SUBJECT),
        *correspondents(request.header.managed, subject=SUBJECT),
    ]
    return [circle for circle in circles if circle.people]
