"""Authorization codes: given when an agent enters, exchanged once."""

import secrets
from dataclasses import dataclass
from typing import Any

from convergences.admission.models import Visit
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.foundations.sql import rows
from convergences.protocols.oidc import lifetimes
from convergences.protocols.oidc.models import AuthorizationCode, Client


@dataclass(frozen=True, slots=True)
class Bindings:
    """What a code is bound to, besides the client and the visit."""

    redirect_uri: str
    scope: str
    code_challenge: str
    nonce: str
    claims: dict[str, Any]
    resources: tuple[str, ...] = ()
    dpop_jkt: str = ""


def issue(client: Client, visit: Visit, bindings: Bindings) -> str:
    """Write a code for this visit and return it in clear, for the only time."""
    clear = secrets.token_urlsafe(32)
    now = clock.now()
    rows.insert(
        AuthorizationCode(
            digest=digest(clear),
            client=client,
            visit=visit,
            redirect_uri=bindings.redirect_uri,
            scope=bindings.scope,
            code_challenge=bindings.code_challenge,
            nonce=bindings.nonce,
            claims=bindings.claims,
            resources=list(bindings.resources),
            dpop_jkt=bindings.dpop_jkt,
            created_at=now,
            expires_at=now + lifetimes.CODE,
        )
    )
    return clear
