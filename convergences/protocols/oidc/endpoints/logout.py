"""`/oauth/logout`: a client sends the agent to sign out (OpenID Connect RP-Initiated Logout 1.0)."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convergences.protocols.oidc.checks import table
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.endpoints.machine import LARGEST_FORM
from convergences.protocols.oidc.errors import OidcRefusal
from convergences.web.entrance import entering
from convergences.web.entrance.guards import open_to_strangers
from convergences.web.logout import confirmation


@csrf_exempt
@open_to_strangers
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Ask the agent to confirm, then send them where the client asked, if that address is its own."""
    if request.method == "POST":
        form = request.POST.urlencode()
        # The Lax cookie comes with the GET, not with a form posted from the client's site.
        return entering.see_other(f"{reverse('oidc:logout')}?{form if len(form) <= LARGEST_FORM else ''}")
    asked = _checked(request)
    return confirmation.ask(request, asked.client.application if asked.client else None, _address(asked))


def _checked(request: HttpRequest) -> Asked:
    """Return what is asked. A request at fault is not sent back to anybody, and still lets the agent sign out."""
    query = request.META.get("QUERY_STRING", "")
    asked = Asked({name: tuple(values) for name, values in request.GET.lists()}, size=len(query))
    try:
        table.run(asked, table.Endpoint.LOGOUT)
    except OidcRefusal:
        asked.return_to = ""
    return asked


def _address(asked: Asked) -> str:
    """Return the registered address to go to, with `state` as it came (section 3), or nothing."""
    state = asked.one("state")
    if not asked.return_to or not state:
        return asked.return_to
    return f"{asked.return_to}{'&' if '?' in asked.return_to else '?'}{urlencode({'state': state})}"
