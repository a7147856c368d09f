"""`/cas/logout`: an application sends the agent to sign out (specification, section 2.3)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from convergences.protocols.cas import queries
from convergences.web.entrance.guards import open_to_strangers
from convergences.web.logout import confirmation


@open_to_strangers
@require_safe
def logout(request: HttpRequest) -> HttpResponse:
    """Ask the agent to confirm, then send them to `service`, if that address is a registered one."""
    asked = request.GET.getlist("service")
    registered = queries.service_at(asked[0]) if len(asked) == 1 else None
    application = registered.application if registered is not None else None
    return confirmation.ask(request, application, asked[0] if registered is not None else "")
