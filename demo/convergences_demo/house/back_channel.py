"""The portal says that a session is over (OpenID Connect Back-Channel Logout 1.0): the application ends its own."""

import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from convergences_demo.house import portal
from convergences_demo.house.configuration import in_use

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# The portal's own, asymmetric: neither `none` nor a key that anybody could know.
ALGORITHMS = ["ES256", "RS256"]
LARGEST = 16 * 1024
LEEWAY = 60
LONGEST_LIFE = 600
_DAY = 86400


class Invalid(Exception):  # noqa: N818 - an answer
    """What came is no logout token for this application."""


@csrf_exempt
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """End the sessions that a logout token names (section 2.8): 200 when done, 400 for anything else."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST:
            raise Invalid("too long")
        claims = _validated(request.POST.get("logout_token", ""))
        _end(claims)
    except Invalid:
        return HttpResponse(status=400)
    except portal.PortalSilent:
        return HttpResponse(status=503)
    return HttpResponse()


def remember(sid: str, session_key: str) -> None:
    """Note which session of ours belongs to a session of the portal."""
    known = set(cache.get(_name(sid), ()))
    cache.set(_name(sid), sorted(known | {session_key}), _DAY)


def _validated(token: str) -> dict[str, Any]:
    """Check what section 2.6 asks, in its order; raises `Invalid`."""
    claims = _signed(token)
    now = time.time()
    issued, expires = claims.get("iat"), claims.get("exp")
    if claims.get("iss") != in_use().issuer or claims.get("aud") not in (in_use().client_id, [in_use().client_id]):
        raise Invalid("another's")
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise Invalid("no dates")
    if issued > now + LEEWAY or expires < now - LEEWAY or expires - issued > LONGEST_LIFE:
        raise Invalid("not of now")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise Invalid("no logout token")
    if "nonce" in claims or not isinstance(claims.get("sid"), str):
        raise Invalid("an ID token, or for no session")
    # Shown twice: somebody replays it.
    if not isinstance(claims.get("jti"), str) or not cache.add(f"jti:{claims['jti'][:200]}", 1, LONGEST_LIFE * 2):
        raise Invalid("replayed")
    return claims


def _signed(token: str) -> dict[str, Any]:
    keys: Any = portal.keys()
    try:
        read = jwt.decode(token, KeySet.import_key_set(keys), registry=JWSRegistry(algorithms=ALGORITHMS))
    except (JoseError, ValueError) as error:
        raise Invalid("not signed by the portal") from error
    if read.header.get("typ") != "logout+jwt":
        raise Invalid("another kind of token")
    return dict(read.claims)


def _end(claims: dict[str, Any]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session_key in cache.get(_name(claims["sid"]), ()):
        store(session_key).delete()
    cache.delete(_name(claims["sid"]))


def _name(sid: str) -> str:
    return f"sid:{sid[:100]}"
