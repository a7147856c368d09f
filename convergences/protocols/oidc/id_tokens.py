"""ID tokens: signed here, and read again when a client shows one as a hint (OpenID Connect Core, section 2)."""

from typing import Any

from authlib.oidc.core.util import create_half_hash
from django.conf import settings

from convergences.authentication.models import Session
from convergences.authentication.rules import proved_at
from convergences.foundations import clock
from convergences.protocols.oidc import acr, jose, lifetimes
from convergences.protocols.oidc.models import Client

LONGEST_HINT = 4096


def sign(client: Client, session: Session, *, subject: str, access_token: str, also: dict[str, Any]) -> str:
    """Return the ID token of an entry: who, when and how they signed in; what they are is asked of userinfo.

    `also` is what the request added: `nonce` as it came, claims asked for one by one, another `acr` that was asked for
    and is held. `at_hash` binds the access token (sections 2 and 3.1.3.6).
    """
    algorithm = client.id_token_signed_response_alg
    bound = {"at_hash": create_half_hash(access_token, algorithm).decode()}
    return jose.sign(algorithm, {**content(client, session, subject=subject, also=also), **bound})


def content(client: Client, session: Session, *, subject: str, also: dict[str, Any]) -> dict[str, Any]:
    """Return what the ID token of an entry says, whatever token comes with it."""
    now = int(clock.now().timestamp())
    return {
        "acr": acr.of(session),
        **also,
        "iss": settings.BASE_URL,
        "sub": subject,
        "aud": client.client_id,
        "iat": now,
        "exp": now + int(lifetimes.ID_TOKEN.total_seconds()),
        "auth_time": int(proved_at(session).timestamp()),
        "amr": list(session.factors),
        "sid": str(session.uid),
    }


def read_hint(hint: str) -> dict[str, Any] | None:
    """Return the claims of an ID token of ours, expired or not, or None.

    Only our published keys and our algorithms verify it, whatever its header says: neither `none`, nor HS256 under a
    public key, nor a key named by `jku`, `x5u` or `jwk` (RFC 8725, sections 3.1 and 3.10).
    """
    if len(hint) > LONGEST_HINT:
        return None
    claims = jose.read_ours(hint)
    # We sign other tokens by the same keys, userinfo for one: they are no ID tokens (RFC 8725, section 2.8).
    if claims is None or claims.get("iss") != settings.BASE_URL or "auth_time" not in claims:
        return None
    return claims
