"""A client proves who it is by a token that it signs (RFC 7523, section 3; OpenID Connect Core, section 9)."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse

from convergences.foundations import clock
from convergences.protocols.oidc import client_keys, jose, lifetimes
from convergences.protocols.oidc.errors import InvalidClient
from convergences.protocols.oidc.jose import NotValid
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import proofs

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_JTI = 255
AUDIENCES = ("token", "par")  # RFC 9126, section 2, has us take its own address too


def claimed_client_id(assertion: str) -> str:
    """Return who an assertion says it is, believed only once `check` has passed; raises `InvalidClient`."""
    try:
        claims = jose.unverified_claims(assertion)
    except NotValid as error:
        raise InvalidClient("The client could not be authenticated") from error
    subject = claims.get("sub")
    return subject if isinstance(subject, str) else ""


def check(client: Client, assertion: str) -> None:
    """Raise `InvalidClient` unless this client's key signed the assertion, for us, lately, and it was never shown."""
    now = clock.now()
    try:
        claims = client_keys.verify(client, assertion)
        expires_at = _expiry(claims, now)
        _is_about(client, claims)
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
            raise NotValid("jti")
    except NotValid as error:
        raise InvalidClient("The client could not be authenticated") from error
    # Last: what is remembered was signed by this client, so that nobody else fills the table.
    if not proofs.use_once("assertion", client.client_id, jti, until=expires_at):
        raise InvalidClient("The client could not be authenticated")


def _expiry(claims: dict[str, Any], now: dt.datetime) -> dt.datetime:
    """Return when the assertion expires: soon, so that what is remembered against replay stays small."""
    latest = now + lifetimes.CLIENT_ASSERTION
    instants = {name: jose.instant(claims[name]) for name in ("exp", "nbf", "iat") if name in claims}
    if "exp" not in instants or not now < instants["exp"] <= latest:
        raise NotValid("exp")
    if any(instants[name] > now + lifetimes.CLOCK_SKEW for name in ("nbf", "iat") if name in instants):
        raise NotValid("iat")
    return instants["exp"]


def _is_about(client: Client, claims: dict[str, Any]) -> None:
    # Exactly us, and only us: an assertion written for several servers is one that another may show here.
    audience = claims.get("aud")
    named = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
    if named not in (settings.BASE_URL, *(settings.BASE_URL + reverse(f"oidc:{name}") for name in AUDIENCES)):
        raise NotValid("aud")
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise NotValid("iss")
