"""A machine asks for itself: an access token for no agent, by the scopes of its own (RFC 6749, section 4.4).

The token is opaque, or signed where the client's description says so (RFC 9068): who receives it may then read it
without asking. It is kept all the same, so that introspection and revocation answer for it.
"""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from convergences.catalog.models import Status
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.foundations.sql import rows
from convergences.protocols.oidc import jose, lifetimes, scopes
from convergences.protocols.oidc.errors import InvalidScope, InvalidTarget, UnauthorizedClient
from convergences.protocols.oidc.models import AccessToken, Client

GRANT = "client_credentials"
SIGNED_TYPE = "at+jwt"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a machine asks for: nothing of either means all its scopes, for itself."""

    scope: str = ""
    resource: str = ""


def give(client: Client, wanted: Wanted, *, dpop_jkt: str = "") -> tuple[str, str]:
    """Return an access token in clear, for the only time, and its scope. No refresh token: it asks again (4.4.3).

    Raises `UnauthorizedClient` when the application is closed, `InvalidScope`, and `InvalidTarget` (RFC 8707, section
    2) for an address that the client's description does not list.
    """
    if not may_ask(client):
        raise UnauthorizedClient("This client may not use this grant type")
    own = scopes.of_machine(client.scope)
    words = wanted.scope.split()
    if not set(words) <= set(own):
        raise InvalidScope("The scope exceeds what the client may have")
    if wanted.resource and wanted.resource not in client.allowed_resources:
        raise InvalidTarget("The resource is not one of the client's")
    scope = " ".join(dict.fromkeys(words or own))
    return _write(client, scope, wanted.resource, dpop_jkt), scope


def may_ask(client: Client) -> bool:
    """Tell whether a machine still has this grant, and an application that is not closed."""
    return GRANT in client.grant_types and client.application.status != Status.CLOSED


def still_stands(token: AccessToken, now: dt.datetime) -> bool:
    """Tell whether a machine's token is good now: its client may still ask for all that it holds."""
    client = token.client
    if client is None or now >= token.expires_at or not may_ask(client):
        return False
    if token.audience and token.audience not in client.allowed_resources:
        return False
    return set(token.scope.split()) <= set(scopes.of_machine(client.scope))


def _write(client: Client, scope: str, audience: str, dpop_jkt: str) -> str:
    now = clock.now()
    token = AccessToken(
        client=client,
        scope=scope,
        audience=audience,
        dpop_jkt=dpop_jkt,
        issued_at=now,
        expires_at=now + lifetimes.ACCESS_TOKEN,
    )
    clear = _signed(client, token) if client.access_token_signed_response_alg else secrets.token_urlsafe(32)
    token.digest = digest(clear)
    rows.insert(token)
    return clear


def _signed(client: Client, token: AccessToken) -> str:
    """Return the token in clear, saying of itself what introspection would (RFC 9068, section 2.2; RFC 9449, 6.1)."""
    claims: dict[str, Any] = {
        "iss": settings.BASE_URL,
        "sub": client.client_id,
        "client_id": client.client_id,
        "aud": token.audience or client.client_id,
        "iat": int(token.issued_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    if token.scope:
        claims["scope"] = token.scope
    if token.dpop_jkt:
        claims["cnf"] = {"jkt": token.dpop_jkt}
    return jose.sign(client.access_token_signed_response_alg, claims, typ=SIGNED_TYPE)
