"""`/gate/leave` at the portal: an application sends the agent to sign out."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from convergences.foundations import clock
from convergences.protocols.forward_auth import addresses, queries
from convergences.web.entrance.guards import open_to_strangers
from convergences.web.logout import confirmation


@open_to_strangers
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Ask the agent to confirm; then they go to `rd`, if the application asked for it and it is a registered address.

    Nothing else is done: the cookie at the application's host is worth what the session is worth.
    """
    asked = request.GET.getlist("rd")
    address = addresses.read(asked[0]) if len(asked) == 1 else None
    found = queries.application_at(address, now=clock.now()) if address is not None else None
    if address is None or found is None:
        return confirmation.ask(request, None, "")
    return confirmation.ask(request, found.application, address.whole if "then" in request.GET else "")
