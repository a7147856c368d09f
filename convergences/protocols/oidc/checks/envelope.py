"""Requests that do not come as they are: pushed beforehand (RFC 9126), or signed (RFC 9101)."""

import base64
import hashlib
import json
from typing import Any

from django.conf import settings

from convergences.foundations import clock
from convergences.protocols.oidc import client_keys, jose, lifetimes
from convergences.protocols.oidc.checks.asked import MAY_REPEAT, Asked
from convergences.protocols.oidc.errors import (
    InvalidRequest,
    InvalidRequestObject,
    InvalidRequestUri,
    RequestNotRead,
    RequestUriNotSupported,
)
from convergences.protocols.oidc.jose import NotValid
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import published, pushed

TYPES = frozenset({"oauth-authz-req+jwt", "application/oauth-authz-req+jwt", "jwt"})
# Claims of the envelope itself, and what may not be inside (RFC 9101, sections 4 and 10.8).
ENVELOPE = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti"})
FORBIDDEN = frozenset({"request", "request_uri", "sub", "client_secret", "client_assertion"})


def pushed_request_is_taken(asked: Asked) -> None:
    """`request_uri` is what this client pushed, lately, and has not been used (RFC 9126, section 4)."""
    uri = asked.one("request_uri")
    if not uri:
        return
    if len(asked.parameters["request_uri"]) > 1 or asked.one("request"):
        raise InvalidRequest("request_uri stands alone")
    if not uri.startswith(pushed.PREFIX):
        return  # the next check's
    found = pushed.find(asked.known_client, uri, resumed=asked.resumed)
    if found is None:
        raise InvalidRequestUri("request_uri is unknown, expired or already used")
    asked.pushed = found
    asked.parameters = pushed.parameters_of(found)


def kept_request_is_read(asked: Asked) -> None:
    """`request_uri` is an address that this client registered; what it keeps there is the request (RFC 9101, 5.2).

    Nothing is ever read from where a request alone says. A fragment is the hash of what is to be found (Core, 6.2).
    """
    uri = asked.one("request_uri")
    if not uri:
        return
    places = asked.known_client.request_uris
    if not places:
        raise RequestUriNotSupported("This client registered no request_uri")
    address, _, fragment = uri.partition("#")
    if uri not in places and not (fragment and address in places):
        raise RequestNotRead("request_uri is not registered")
    try:
        kept = published.request_object(address)
    except published.NotRead as error:
        raise RequestNotRead("request_uri could not be read") from error
    if fragment and base64.urlsafe_b64encode(hashlib.sha256(kept).digest()).rstrip(b"=").decode() != fragment:
        raise RequestNotRead("request_uri does not hold what its fragment says")
    # From here it is a request by value, empty or not.
    asked.parameters = {**asked.parameters, "request": (kept.decode("ascii", "replace") or ".",)}


def nothing_is_pushed_by_reference(asked: Asked) -> None:
    """`request_uri` may not be pushed (RFC 9126, section 2.1)."""
    if asked.one("request_uri"):
        raise InvalidRequest("request_uri may not be pushed")


def request_object_is_opened(asked: Asked) -> None:
    """`request` is signed by the client, for us; only what it holds counts (RFC 9101, section 6.3)."""
    given = asked.parameters.get("request", ())
    if not any(given):
        return
    if len(given) > 1:
        raise InvalidRequest("A parameter is repeated")
    client = asked.known_client
    try:
        claims = _opened(client, given[0])
        asked.parameters = {_text(name): _texts(name, value) for name, value in claims.items() if name not in ENVELOPE}
    except NotValid as error:
        raise InvalidRequestObject("The request object is invalid") from error


def _opened(client: Client, given: str) -> dict[str, Any]:
    header = jose.header_of(given)
    if str(header.get("typ", "JWT")).lower() not in TYPES:
        raise NotValid("typ")
    if client.request_object_signing_alg and header.get("alg") != client.request_object_signing_alg:
        raise NotValid("algorithm")
    claims = client_keys.verify(client, given)
    audience = claims.get("aud")
    if settings.BASE_URL not in (audience if isinstance(audience, list) else [audience]):
        raise NotValid("aud")
    if claims.get("iss") != client.client_id or claims.get("client_id") != client.client_id:
        raise NotValid("iss")
    if FORBIDDEN & claims.keys():
        raise NotValid("content")  # an assertion that proves who the client is must not pass as a request
    _is_of_now(claims)
    return claims


def _is_of_now(claims: dict[str, Any]) -> None:
    """Refuse an object without a near end: a signed request that leaked would open the way for ever."""
    now = clock.now()
    if not now < jose.instant(claims.get("exp")) <= now + lifetimes.REQUEST_OBJECT:
        raise NotValid("exp")
    if any(jose.instant(claims[name]) > now + lifetimes.CLOCK_SKEW for name in ("nbf", "iat") if name in claims):
        raise NotValid("nbf")


def _texts(name: str, value: Any) -> tuple[str, ...]:
    """Return a claim as its parameter; several values are an array, of the one parameter that may have them."""
    if name == MAY_REPEAT and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(map(_text, value))
    return (_text(value),)


def _text(value: Any) -> str:
    """Return a claim as the parameter that it stands for (RFC 9101, section 4)."""
    # JSON may hold half a character (a lone surrogate), which neither an address nor a database can.
    if isinstance(value, str) and value.encode(errors="replace").decode() == value:
        return value
    if isinstance(value, dict) or (isinstance(value, int) and not isinstance(value, bool)):
        return json.dumps(value)
    raise NotValid("content")


def is_pushed_if_it_must(asked: Asked) -> None:
    """A client that must push its requests has (RFC 9126, section 6)."""
    if asked.known_client.require_pushed_authorization_requests and asked.pushed is None:
        raise InvalidRequest("This client must push its requests")
