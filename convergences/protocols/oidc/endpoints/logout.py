"""`/oauth/logout`: a client sends the agent to sign out (OpenID Connect RP-Initiated Logout 1.0)."""

from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.protocols.oidc.checks import table
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.endpoints.machine import LARGEST_FORM
from convergences.protocols.oidc.errors import OidcRefusal
from convergences.web import entering, farewell
from convergences.web.actor import actor_of
from convergences.web.cookies import clear_session
from convergences.web.guards import open_to_strangers
from convergences.web.returning import continue_to

_SALT = "convergences.oidc.logout"
_ONE_HOUR = 3600


@csrf_exempt
@open_to_strangers
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Ask the agent to confirm, whoever sent them: no site signs anybody out by a link (section 6)."""
    if request.method == "POST":
        form = request.POST.urlencode()
        # The Lax cookie comes with the GET, not with a form posted from the client's site.
        return entering.see_other(f"{reverse('oidc:logout')}?{form if len(form) <= LARGEST_FORM else ''}")
    asked = _checked(request)
    if _session(request) is None:
        return _leave(request, _address(asked))
    ticket = signing.dumps(_address(asked), salt=_SALT)
    application = asked.client.application if asked.client else None
    context = {"ticket": ticket, "application": application}
    response = render(request, "oidc/logout.html", context)
    response["Cache-Control"] = "no-store"
    return response


@open_to_strangers
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """End the session and send the agent where the client asked, if that address was its own."""
    session = _session(request)
    address = _ticket(request.POST.get("ticket", ""))
    if session is None:
        return _leave(request, address)
    sessions.end(session, reason="signed_out", actor=actor_of(request))
    # Applications that only this browser can tell come before the one that sent it here.
    by_browser = bool(farewell.frames(session.uid))
    response = _leave(request, "" if by_browser else address)
    farewell.give(response, session, back=address if by_browser else "")
    clear_session(response)
    return response


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


def _ticket(given: str) -> str:
    try:
        return str(signing.loads(given, salt=_SALT, max_age=_ONE_HOUR))
    except signing.BadSignature:
        return ""


def _leave(request: HttpRequest, address: str) -> HttpResponse:
    return continue_to(request, address) if address else redirect("sign_in:signed_out")


def _session(request: HttpRequest) -> Session | None:
    session: Session | None = getattr(request, "current", None)
    return session
