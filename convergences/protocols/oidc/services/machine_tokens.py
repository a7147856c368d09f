"""A machine asks for itself: an access token for no agent, by the scopes of its own (RFC 6749, section 4.4)."""

import datetime as dt
import secrets
from dataclasses import dataclass

from convergences.catalog.models import Status
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import lifetimes, scopes
from convergences.protocols.oidc.errors import InvalidScope, InvalidTarget, UnauthorizedClient
from convergences.protocols.oidc.models import AccessToken, Client

GRANT = "client_credentials"


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
    clear = secrets.token_urlsafe(32)
    now = clock.now()
    AccessToken.objects.create(
        digest=digest(clear),
        client=client,
        scope=scope,
        audience=audience,
        dpop_jkt=dpop_jkt,
        issued_at=now,
        expires_at=now + lifetimes.ACCESS_TOKEN,
    )
    return clear
