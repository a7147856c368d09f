"""What a token is good for, now: written nowhere, asked of admission each time (RFC 7662)."""

import datetime as dt
from typing import Any

from django.conf import settings

from convergences.admission.leading import Under
from convergences.foundations import clock
from convergences.protocols.oidc import queries, standing, subjects
from convergences.protocols.oidc.models import AccessToken, Client, Grant, RefreshToken
from convergences.protocols.oidc.queries import Found
from convergences.protocols.oidc.services import machine_tokens


def describe(client: Client, presented: str) -> dict[str, Any] | None:
    """Return what this client may know of a token, or None: unknown, expired, revoked, another's, or the right is gone.

    The hint of the type is not read: the search goes through both (section 2.1).
    """
    now = clock.now()
    access = queries.access_token(presented, now=now)
    if access is not None:
        return _access(client, access, now)
    refresh = queries.refresh_token(presented, now=now)
    return _refresh(client, refresh, now) if refresh is not None else None


def _access(client: Client, found: Found[AccessToken], now: dt.datetime) -> dict[str, Any] | None:
    token = found.token
    about = _of_machine(client, token, now) if token.grant is None else _of_agent(client, found, token.grant, now)
    if about is None:
        return None
    about["token_type"] = "DPoP" if token.dpop_jkt else "Bearer"
    if token.dpop_jkt:
        about["cnf"] = {"jkt": token.dpop_jkt}  # RFC 9449, section 6.2
    return about


def _of_agent(client: Client, found: Found[AccessToken], grant: Grant, now: dt.datetime) -> dict[str, Any] | None:
    token = found.token
    if grant.client_id != client.pk or now >= token.expires_at:
        return None
    audience, subject = _audience(client, token.audience.split()), _subject(grant, found.under, now)
    if subject is None or not audience:
        return None
    return {**_about(client, token.scope, token.issued_at, token.expires_at), "aud": audience, "sub": subject}


def _audience(client: Client, resources: list[str]) -> str | list[str]:
    """Return for whom an agent's token is: the client, or those of the resources it named that are still its own."""
    own = [each for each in resources if each in client.resources] if resources else [client.client_id]
    return own[0] if len(own) == 1 else own


def _of_machine(client: Client, token: AccessToken, now: dt.datetime) -> dict[str, Any] | None:
    """Describe a machine's token to the machine itself, and to the application it is for (RFC 8707, section 2)."""
    holder = token.client
    is_for_them = bool(token.audience) and token.audience in client.resources
    if holder is None or (holder.pk != client.pk and not is_for_them) or not machine_tokens.still_stands(token, now):
        return None
    about = _about(holder, token.scope, token.issued_at, token.expires_at)
    return {**about, "aud": token.audience or holder.client_id, "sub": holder.client_id}


def _refresh(client: Client, found: Found[RefreshToken], now: dt.datetime) -> dict[str, Any] | None:
    token = found.token
    if token.grant.client_id != client.pk or token.used_at is not None:
        return None
    audience, subject = _audience(client, token.grant.resources), _subject(token.grant, found.under, now)
    if subject is None or not audience:
        return None
    about = _about(client, token.grant.scope, token.issued_at, token.grant.expires_at)
    return {**about, "aud": audience, "sub": subject}


def _subject(grant: Grant, under: Under | None, now: dt.datetime) -> str | None:
    """Return for whom a grant stands, or None when it stands no more."""
    if grant.revoked_at is not None or now >= grant.expires_at:
        return None
    entry = standing.of_grant(grant, under, now=now)
    return subjects.of(grant.client, entry.membership.agent) if entry is not None else None


def _about(client: Client, scope: str, issued_at: dt.datetime, expires_at: dt.datetime) -> dict[str, Any]:
    return {
        "active": True,
        "iss": settings.BASE_URL,
        "client_id": client.client_id,
        "aud": client.client_id,
        "scope": scope,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
