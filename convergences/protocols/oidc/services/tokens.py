"""Tokens: an access token is given, a refresh token is given and replaced."""

import secrets
from collections.abc import Sequence

from convergences.foundations import clock
from convergences.foundations.sealing import digest, keyed_digest
from convergences.foundations.sql import rows
from convergences.protocols.oidc import lifetimes
from convergences.protocols.oidc.errors import InvalidTarget
from convergences.protocols.oidc.models import AccessToken, Grant, RefreshToken


def give_access(grant: Grant, *, scope: str, dpop_jkt: str = "", resources: Sequence[str] = ()) -> str:
    """Write an access token and return it in clear, for the only time. It never outlives its grant.

    `resources`: of those that were granted, the ones that it is for; none is all. Raises `InvalidTarget` when more is
    asked (RFC 8707, section 2.2).
    """
    if not set(resources) <= set(grant.resources):
        raise InvalidTarget("The resource exceeds what was granted")
    clear = secrets.token_urlsafe(32)
    now = clock.now()
    rows.insert(
        AccessToken(
            digest=digest(clear),
            grant=grant,
            scope=scope,
            audience=" ".join(dict.fromkeys(resources or grant.resources)),
            dpop_jkt=dpop_jkt,
            issued_at=now,
            expires_at=min(now + lifetimes.ACCESS_TOKEN, grant.expires_at),
        )
    )
    return clear


def give_first_refresh(grant: Grant) -> str:
    """Write the first refresh token of a family and return it in clear."""
    clear = secrets.token_urlsafe(32)
    rows.insert(RefreshToken(digest=digest(clear), grant=grant, issued_at=clock.now()))
    return clear


def successor_of(presented: str) -> str:
    """Return the token that replaces this one: always the same, so that a lost answer can be given again.

    Only we can compute it: whoever holds an old token cannot tell the next.
    """
    return keyed_digest(presented, use="oidc-refresh-successor")


def replace(token: RefreshToken, presented: str) -> str:
    """Mark a refresh token used, write its successor at the first use, and return the successor in clear."""
    clear = successor_of(presented)
    now = clock.now()
    if token.used_at is None:
        token.used_at = now
        rows.insert(RefreshToken(digest=digest(clear), grant=token.grant, predecessor=token, issued_at=now))
    token.uses += 1
    rows.update(token, "used_at", "uses")
    return clear
