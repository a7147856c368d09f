"""ID tokens: signed here, and read again when a client shows one as a hint (OpenID Connect Core, section 2)."""

from typing import Any

from authlib.oidc.core.util import create_half_hash
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from convergences.authentication.models import Session
from convergences.foundations import clock, keys
from convergences.protocols.oidc import lifetimes
from convergences.protocols.oidc.metadata import SIGNING_ALGORITHMS
from convergences.protocols.oidc.models import Client

LONGEST_HINT = 4096


class _Ours(JWSRegistry):
    """The algorithms that we sign with and no other.

    Ed25519 goes by the name `EdDSA`, which clients know, though RFC 9864 would have them call it otherwise: the library
    warns of it at each signature.
    """

    def get_alg(self, name: str) -> Any:
        """Return one of our algorithms; raises `UnsupportedAlgorithmError`."""
        if name not in SIGNING_ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of {name} is not allowed")
        return self.algorithms[name]


_REGISTRY = _Ours()


def acr(session: Session) -> str:
    """Return how strongly the agent signed in, on ProConnect's scale: an identity the employer vouches for."""
    return "eidas1-mfa" if len(session.factors) > 1 else "eidas1"


def sign(client: Client, session: Session, *, subject: str, access_token: str, nonce: str) -> str:
    """Return the ID token of an entry: who, when and how they signed in; what they are is asked of userinfo.

    `nonce` is given back as it came; `at_hash` binds the access token (sections 2 and 3.1.3.6).
    """
    pair = keys.signing_key(client.id_token_signed_response_alg)
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": settings.BASE_URL,
        "sub": subject,
        "aud": client.client_id,
        "iat": now,
        "exp": now + int(lifetimes.ID_TOKEN.total_seconds()),
        "auth_time": int(session.authenticated_at.timestamp()),
        "acr": acr(session),
        "amr": list(session.factors),
        "sid": str(session.uid),
        "at_hash": create_half_hash(access_token, pair.algorithm).decode(),
    }
    if nonce:
        claims["nonce"] = nonce
    return jwt.encode({"alg": pair.algorithm, "kid": pair.kid}, claims, pair.key, registry=_REGISTRY)


def read_hint(hint: str) -> dict[str, Any] | None:
    """Return the claims of an ID token of ours, expired or not, or None.

    Only our published keys and our algorithms verify it, whatever its header says: neither `none`, nor HS256 under a
    public key, nor a key named by `jku`, `x5u` or `jwk` (RFC 8725, sections 3.1 and 3.10).
    """
    if len(hint) > LONGEST_HINT:
        return None
    published: Any = keys.published_jwks()
    try:
        token = jwt.decode(hint, KeySet.import_key_set(published), registry=_REGISTRY)
    except (JoseError, ValueError):
        return None
    return dict(token.claims) if token.claims.get("iss") == settings.BASE_URL else None
