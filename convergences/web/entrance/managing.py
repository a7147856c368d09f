"""At the door of the pages where one acts for others (`web.entrance.guards`): the second factor that they ask for.

`admission` decides; here its answer becomes a way to the page of the second step, or the date until which a page says
that one will be needed.
"""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from convergences.admission import services as admission
from convergences.admission.services import Manage
from convergences.web.entrance import stepping_up
from convergences.web.entrance.returning import page_of, whole_page_to
from convergences.web.entrance.stepping_up import Wanted
from convergences.web.header import Grace
from convergences.web.requests import AgentRequest


def what_is_missing(request: AgentRequest) -> HttpResponse | None:
    """Return the way to the second step, whence the agent comes back here; None when they may go on at once.

    A form that is sent too late is not kept: the agent comes back to the page that holds it.
    """
    decision = admission.decide_for_managing(request.current, since=request.header.duties_since)
    if isinstance(decision, Manage):
        if decision.deadline is not None:
            add_url = f"{reverse('account:second_step')}?{urlencode({'next': page_of(request)})}"
            request.header.grace = Grace(decision.deadline, add_url)
        return None
    return whole_page_to(request, stepping_up.address(Wanted(managing=True, here=page_of(request))))
