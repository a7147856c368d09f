"""At the application's own host: the three addresses of ours that its server leaves to us, and nothing else.

The portal's cookie never goes there, nor that host's cookie to the portal. A browser first takes something to be known
by (`WAY_COOKIE`), then goes to the portal, and comes back with a code that is good for that browser only: planted in
somebody else's, it signs nobody in as another.
"""

import secrets
from functools import partial
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import HttpResponse

from convergences.foundations.sealing import digest
from convergences.protocols.forward_auth import addresses, queries
from convergences.protocols.forward_auth.addresses import Address
from convergences.protocols.forward_auth.asking import PASS_COOKIE, WAY_COOKIE, secret
from convergences.protocols.forward_auth.services import hops
from convergences.protocols.forward_auth.services.hops import SECRET_BYTES, Brought
from convergences.web.entrance.entering import see_other
from convergences.web.machines.hot import Answer, Asking

LONGEST_QUERY = 3 * addresses.LONGEST + 200


def start(asking: Asking) -> Answer | None:
    """Send the browser to the portal, once it holds what it will be known by; None at the portal itself."""
    host = _own(asking)
    if not host:
        return None
    to = _back(_parameters(asking), host)
    held = secret(asking, WAY_COOKIE)
    way = held or secrets.token_urlsafe(SECRET_BYTES)
    response = _to_portal("start", rd=to.whole, state=digest(way))
    if not held:
        _keep(response, WAY_COOKIE, way)
    return Answer.of(response)


def arrive(asking: Asking) -> Answer | None:
    """Change the code for the host's cookie, and go on to the page that was asked for."""
    host = _own(asking)
    if not host:
        return None
    given = _parameters(asking)
    to, code = _back(given, host), given.get("code", "")
    way, held = secret(asking, WAY_COOKIE), secret(asking, PASS_COOKIE)
    token = hops.redeem(Brought(code, host, way, held)) if code else None
    if token is None:
        return Answer.of(_to_portal("lost"))
    response = see_other(to.whole)
    _keep(response, PASS_COOKIE, token)
    return Answer.of(response)


def leave(asking: Asking) -> Answer | None:
    """Send the browser to the portal, which asks before it signs anybody out."""
    host = _own(asking)
    if not host:
        return None
    given = _parameters(asking)
    chosen = {"then": "1"} if "rd" in given else {}
    return Answer.of(_to_portal("leave", rd=_back(given, host).whole, **chosen))


def _own(asking: Asking) -> str:
    """Return the host when it is an application's, else nothing."""
    named = asking.header("HTTP_HOST")
    return addresses.host(named) if queries.is_host(named) else ""


def _parameters(asking: Asking) -> dict[str, str]:
    """Return what the address says, each name once; nothing when one comes twice."""
    said = asking.header("QUERY_STRING")
    pairs = parse_qsl(said, keep_blank_values=True) if len(said) <= LONGEST_QUERY else []
    named = dict(pairs)
    return named if len(named) == len(pairs) else {}


def _back(given: dict[str, str], host: str) -> Address:
    """Return the page to go back to, of this very host; its root when what is asked for is not."""
    asked = addresses.read(given.get("rd", ""))
    return asked if asked is not None and asked.host == host else Address(host)


def _to_portal(name: str, **parameters: str) -> HttpResponse:
    return see_other(f"{settings.BASE_URL}/gate/{name}" + (f"?{urlencode(parameters)}" if parameters else ""))


def _keep(response: HttpResponse, name: str, value: str) -> None:
    # Until the browser is closed; the session behind it ends sooner.
    keep = partial(response.set_cookie, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True)
    keep(name, value, samesite="Lax")
