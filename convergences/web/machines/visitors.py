"""Who is signed in to a browser, for handlers that answer an entrance before Django's own machinery (`web.machines`).

An agent who may enter is sent on at once; whoever must be shown a page is the view's.
"""

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponseRedirect, QueryDict, parse_cookie
from django.utils.encoding import iri_to_uri
from django.utils.http import MAX_URL_REDIRECT_LENGTH

from convergences.audit.services import Actor
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.web.machines.hot import Answer, Asking
from convergences.web.wording.browsers import browser_name

_FOLLOWED = ("http://", "https://")
_SENT_ON = (("Cache-Control", "no-store"), ("Content-Type", "text/html; charset=utf-8"))


@dataclass(frozen=True, slots=True)
class Visitor:
    """An agent who is signed in, and what they ask."""

    session: Session
    actor: Actor
    parameters: QueryDict


def signed_in(asking: Asking) -> Visitor | None:
    """Return who is signed in, found as `web.middleware.current_session` does, or None.

    Raises `SuspiciousOperation` for a query that Django refuses to read.
    """
    token = parse_cookie(asking.header("HTTP_COOKIE")).get(settings.SESSION_COOKIE_NAME, "")
    session = sessions.find(token) if token else None
    if session is None:
        return None
    sessions.touch(session)
    browser = Browser(asking.header("REMOTE_ADDR"), browser_name(asking.header("HTTP_USER_AGENT")))
    # WSGI's texts are bytes read as Latin-1 (PEP 3333).
    parameters = QueryDict(asking.header("QUERY_STRING").encode("latin-1"))
    return Visitor(session, acting(session.agent, browser), parameters)


def sent_on(address: str) -> Answer:
    """Send the browser back to an application, as the view does; raises `SuspiciousOperation` as it does."""
    if not address.startswith(_FOLLOWED) or len(address) > MAX_URL_REDIRECT_LENGTH:
        return Answer.of(HttpResponseRedirect(address, headers={"Cache-Control": "no-store"}))
    return Answer(HTTPStatus.FOUND.value, (*_SENT_ON, ("Location", iri_to_uri(address))), b"")
