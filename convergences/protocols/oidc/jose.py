"""Signed tokens: ours are written, others' are read, by algorithms that are named here and nowhere in a header.

A header is what the sender wrote: it may choose among the keys that we already have for it, never bring or fetch one
(`jwk`, `jku`, `x5u`, `x5c`: RFC 8725, sections 3.1 and 3.10).
"""

import base64
import datetime as dt
import json
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from convergences.foundations import keys
from convergences.protocols.oidc import strict_json

OURS = ("ES256", "RS256", "EdDSA")
THEIRS = ("ES256", "RS256", "PS256", "EdDSA")
LONGEST = 8192
SEGMENTS = 3  # RFC 7515, section 7.1
_FAR = 2**37  # year 6325: datetime ends at 9999
BRINGS_A_KEY = frozenset({"jwk", "jku", "x5u", "x5c"})
SHORTEST_RSA = 2048
LONGEST_RSA = 4096  # whoever brings a key chooses how long we compute
_KINDS: dict[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "EdDSA": ("OKP", "Ed25519"),
}
_PUBLIC: dict[str, frozenset[str]] = {
    "EC": frozenset({"crv", "x", "y"}),
    "RSA": frozenset({"n", "e"}),
    "OKP": frozenset({"crv", "x"}),
}
_TYPES: dict[str, type[ECKey] | type[RSAKey] | type[OKPKey]] = {"EC": ECKey, "RSA": RSAKey, "OKP": OKPKey}

Key = ECKey | RSAKey | OKPKey


class NotValid(Exception):  # noqa: N818 - an answer
    """A token is not what it should be; the reason is for nobody but a test."""


class Registry(JWSRegistry):
    """The algorithms that are named and no other, whatever a library recommends or warns of.

    Ed25519 goes by the name `EdDSA`, which clients know, though RFC 9864 would have them call it otherwise: the library
    warns of it at each signature.
    """

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__(strict_check_header=False)
        self._names = allowed
        self.max_header_length = 2048
        self.max_payload_length = LONGEST

    def get_alg(self, name: str) -> Any:
        """Return one of the named algorithms; raises `UnsupportedAlgorithmError`."""
        if name not in self._names:
            raise UnsupportedAlgorithmError(f"Algorithm of {name} is not allowed")
        return self.algorithms[name]


OUR_REGISTRY = Registry(OURS)


def sign(algorithm: str, claims: dict[str, Any], *, typ: str = "JWT") -> str:
    """Return a token signed by our present key of this algorithm."""
    pair = keys.signing_key(algorithm)
    header = {"typ": typ, "alg": pair.algorithm, "kid": pair.kid}
    return jwt.encode(header, claims, pair.key, registry=OUR_REGISTRY)


def read_ours(token: str, *, typ: str = "JWT") -> dict[str, Any] | None:
    """Return the claims of a token of this type that one of our published keys signed, or None.

    The type keeps an access token of a machine (`at+jwt`) from passing for anything else (RFC 8725, section 3.11).
    """
    published: Any = keys.published_jwks()
    try:
        read = _decoded(token, KeySet.import_key_set(published), OUR_REGISTRY)
    except (NotValid, JoseError):  # the latter when we publish no key yet
        return None
    return dict(read.claims) if read.header.get("typ") == typ else None


def _decoded(token: str, key: Key | KeySet, registry: Registry) -> jwt.Token:
    # RFC 7515, section 4.1.11: we understand no extension, and the library breaks down on a list that is none.
    if "crit" in header_of(token):
        raise NotValid("crit")
    try:
        return jwt.decode(token, key, registry=registry)
    except (JoseError, ValueError, TypeError) as error:
        raise NotValid("signature") from error


def unverified_claims(token: str) -> dict[str, Any]:
    """Return what a token says, for nothing but to find whose key should have signed it; raises `NotValid`."""
    return _segment(token, 1)


def instant(value: object) -> dt.datetime:
    """Return the instant of a numeric date (RFC 7519, section 2); raises `NotValid`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _FAR:
        raise NotValid("instant")
    return dt.datetime.fromtimestamp(value, tz=dt.UTC)


def header_of(token: str) -> dict[str, Any]:
    """Return the header of a compact token, before anything of it is believed; raises `NotValid`."""
    return _segment(token, 0)


def _segment(token: str, index: int) -> dict[str, Any]:
    segments = token.split(".")
    if len(token) > LONGEST or not token.isascii() or len(segments) != SEGMENTS:
        raise NotValid("shape")
    text = segments[index]
    try:
        content = strict_json.read(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as error:
        raise NotValid("shape") from error
    if not isinstance(content, dict):
        raise NotValid("shape")
    return content


def verify(token: str, public_jwk: dict[str, Any], *, algorithm: str) -> dict[str, Any]:
    """Return the claims of a token that this key signed by this algorithm; raises `NotValid`."""
    kind, curve = _KINDS.get(algorithm, ("", None))
    if not kind or public_jwk.get("kty") != kind or (curve and public_jwk.get("crv") != curve):
        raise NotValid("algorithm")
    # Anybody has a key: a signature tells nothing of what it covers, which the library would read as it comes.
    unverified_claims(token)
    return dict(_decoded(token, imported(public_jwk), Registry((algorithm,))).claims)


def imported(public_jwk: dict[str, Any]) -> Key:
    """Return a public key, of which only what makes it a key is read; raises `NotValid`."""
    kind = public_jwk.get("kty")
    if not isinstance(kind, str) or kind not in _PUBLIC:
        raise NotValid("key")
    return _imported(json.dumps({"kty": kind, **{name: public_jwk.get(name) for name in sorted(_PUBLIC[kind])}}))


@lru_cache(maxsize=256)
def _imported(public_jwk: str) -> Key:
    # Reading a key costs more than verifying by it.
    content = json.loads(public_jwk)
    try:
        key = _TYPES[content["kty"]].import_key(content)
        unfit = isinstance(key, RSAKey) and not SHORTEST_RSA <= key.public_key.key_size <= LONGEST_RSA
    except (JoseError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise NotValid("key") from error
    if unfit:
        raise NotValid("key")
    return key


def accepts(public_jwk: dict[str, Any]) -> bool:
    """Tell whether a key may sign by one of the algorithms that are read from others."""
    named = (public_jwk.get("kty"), public_jwk.get("crv"))
    return any(named == (kind, curve) for kind, curve in _KINDS.values())
