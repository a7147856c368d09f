"""An application sends an agent to sign out: they are asked, for no site signs anybody out by a link.

Whatever the protocol: `ask` shows the question, and the answer ends the session, then leads where the application may
be told of it, or to its own registered address (OpenID Connect RP-Initiated Logout 1.0, section 6; ASVS 10.6.2).
"""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.catalog.models import Application
from convergences.web.actor import actor_of
from convergences.web.entrance.entering import unkept
from convergences.web.entrance.guards import open_to_strangers
from convergences.web.entrance.returning import continue_to
from convergences.web.logout import outcome
from convergences.web.serving.cookies import clear_session

_SALT = "convergences.signing-out"
_ONE_HOUR = 3600


def ask(request: HttpRequest, application: Application | None, address: str) -> HttpResponse:
    """Ask the agent to confirm, or go on at once when nobody is signed in.

    `address` is where they go on, and must be trusted: an address that the application registered, a path of ours, or
    nothing for the portal's own last page.
    """
    if session_of(request) is None:
        return leave(request, address)
    context = {"ticket": signing.dumps(address, salt=_SALT), "application": application}
    return unkept(render(request, "web/sign_out_of_all.html", context))


@open_to_strangers
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """End the session and send the agent on."""
    session = session_of(request)
    address = _ticket(request.POST.get("ticket", ""))
    if session is None:
        return leave(request, address)
    sessions.end(session, reason="signed_out", actor=actor_of(request))
    # Applications that only this browser can tell come before the one that sent it here.
    first = outcome.first_stop(session.uid)
    by_browser = bool(first or outcome.frames(session.uid))
    response = redirect(first) if first else leave(request, "" if by_browser else address)
    outcome.give(response, session, back=address if by_browser else "")
    clear_session(response)
    return response


def leave(request: HttpRequest, address: str) -> HttpResponse:
    """Go on to a trusted address, or to the portal's last page."""
    return continue_to(request, address) if address else redirect("sign_in:signed_out")


def session_of(request: HttpRequest) -> Session | None:
    """Return the session of the browser, if any."""
    session: Session | None = getattr(request, "current", None)
    return session


def _ticket(given: str) -> str:
    try:
        return str(signing.loads(given, salt=_SALT, max_age=_ONE_HOUR))
    except signing.BadSignature:
        return ""
