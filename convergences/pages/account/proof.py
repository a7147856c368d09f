"""What changes the ways in asks for a fresh proof: the page sends there, and is come back to."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse, HttpResponseRedirect

from convergences.authentication.errors import PendingOver, ProofNeeded
from convergences.web.entrance import stepping_up
from convergences.web.entrance.returning import page_of
from convergences.web.entrance.stepping_up import Wanted
from convergences.web.requests import AgentRequest

P = ParamSpec("P")


def asks_for_proof(
    view: Callable[Concatenate[AgentRequest, P], HttpResponse],
) -> Callable[Concatenate[AgentRequest, P], HttpResponse]:
    """Send the agent to prove who they are when the view, or a service that it calls, wants a fresh proof.

    What a form would have changed is not changed: the agent comes back to the page that had it. Nothing is cached.
    """

    @wraps(view)
    def guarded(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except ProofNeeded:
            response = HttpResponseRedirect(stepping_up.address(Wanted(here=page_of(request))))
        except PendingOver:
            # The session was strengthened meanwhile, by the first of a double click.
            response = HttpResponseRedirect(page_of(request))
        response["Cache-Control"] = "no-store"
        return response

    return guarded
