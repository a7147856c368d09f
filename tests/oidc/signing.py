"""Keys of a client, and what it signs with them: assertions, proofs; a test alters each part."""

import uuid
import warnings
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from convergences.foundations import clock

Key = ECKey | RSAKey | OKPKey | OctKey
TOKEN_ENDPOINT = "http://testserver/oauth/token"


class Anything(JWSRegistry):
    """A client that signs by whatever it likes."""

    def get_alg(self, name: str) -> Any:
        """Return any algorithm at all."""
        return self.algorithms[name]


def signed(key: Key, claims: dict[str, Any], **header: Any) -> str:
    """Return a token under this header; its algorithm is ES256 unless told."""
    registry = Anything(strict_check_header=False)
    registry.max_header_length = 4096
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.encode({"alg": "ES256", **header}, claims, key, registry=registry)


def public(key: Key, **names: Any) -> dict[str, Any]:
    """Return the public part of a key, with names such as `kid`."""
    return {**key.as_dict(private=False), **names}


def assertion_claims(client_id: str = "bip", **changes: Any) -> dict[str, Any]:
    """Return the claims of an honest assertion, altered; None removes one (RFC 7523, section 3)."""
    now = int(clock.now().timestamp())
    honest = {
        "iss": client_id,
        "sub": client_id,
        "aud": TOKEN_ENDPOINT,
        "jti": uuid.uuid4().hex,
        "iat": now,
        "exp": now + 60,
    }
    return {name: value for name, value in {**honest, **changes}.items() if value is not None}
