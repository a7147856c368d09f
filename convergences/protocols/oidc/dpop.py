"""Tokens that only the holder of a key may use: a proof signed at each request (RFC 9449).

A proof always carries a nonce of ours (section 8): one made in advance on a borrowed machine is worth nothing later.
"""

import base64
import datetime as dt
import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from convergences.foundations import clock
from convergences.foundations.sealing import keyed_digest
from convergences.protocols.oidc import jose, key_sets, lifetimes
from convergences.protocols.oidc.errors import InvalidDpopProof, UseDpopNonce
from convergences.protocols.oidc.jose import NotValid
from convergences.protocols.oidc.services import proofs

TYPE = "dpop+jwt"
NONCE_HEADER = "DPoP-Nonce"
LONGEST_JTI = 255


def nonce() -> str:
    """Return the nonce of this moment. It is derived, not kept: every process gives and knows the same."""
    return _nonce(_period(clock.now()))


def proved_key(request: HttpRequest, *, access_token: str = "") -> str:
    """Return the thumbprint of the key that this request proves to hold, or nothing when it shows no proof.

    `access_token`: the token shown beside, which the proof must name (`ath`). Raises `UseDpopNonce` when all is right
    but the nonce, `InvalidDpopProof` for the rest, without saying which.
    """
    shown = request.META.get("HTTP_DPOP")
    if shown is None:
        return ""
    now = clock.now()
    try:
        key, claims = _signed(shown)
        _is_of_this_request(request, claims)
        proved_at = _instant(claims, now)
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
            raise NotValid("jti")
        if access_token and not _same(claims.get("ath"), name_of(access_token)):
            raise NotValid("ath")
    except NotValid as error:
        raise InvalidDpopProof("The DPoP proof is invalid") from error
    if not _is_our_nonce(claims.get("nonce"), now):
        raise UseDpopNonce("The DPoP proof must hold the nonce given")
    if not proofs.use_once("dpop", key, jti, until=proved_at + 2 * lifetimes.CLOCK_SKEW):
        raise InvalidDpopProof("The DPoP proof is invalid")
    return key


def name_of(access_token: str) -> str:
    """Return the hash by which a proof names a token (section 4.2, `ath`)."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()).rstrip(b"=").decode()


def _signed(shown: str) -> tuple[str, dict[str, Any]]:
    """Return the thumbprint of the key in the header, and what it signed (section 4.3, points 2 to 7)."""
    header = jose.header_of(shown)
    public_jwk = header.get("jwk")
    if header.get("typ") != TYPE or header.get("alg") not in jose.THEIRS or not isinstance(public_jwk, dict):
        raise NotValid("header")
    if {"jku", "x5u", "x5c"} & set(header) or key_sets.problem_of(public_jwk):
        raise NotValid("header")
    claims = jose.verify(shown, public_jwk, algorithm=header["alg"])
    return jose.imported(public_jwk).thumbprint(), claims


def _is_of_this_request(request: HttpRequest, claims: dict[str, Any]) -> None:
    """Hold the method and the address, without query and fragment (section 4.3, points 8 and 9)."""
    if claims.get("htm") != request.method or _address(claims.get("htu")) != _address(settings.BASE_URL + request.path):
        raise NotValid("htu")


def _address(uri: object) -> tuple[str, str, int | None, str]:
    try:
        parts = urlsplit(uri if isinstance(uri, str) else "")
        port = parts.port
    except ValueError as error:
        raise NotValid("htu") from error
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port or usual, parts.path


def _instant(claims: dict[str, Any], now: dt.datetime) -> dt.datetime:
    """Return when the proof was made: now, give or take the clocks (section 11.1)."""
    proved_at = jose.instant(claims.get("iat"))
    if abs(now - proved_at) > lifetimes.CLOCK_SKEW:
        raise NotValid("iat")
    return proved_at


def _period(now: dt.datetime) -> int:
    return int(now.timestamp() // lifetimes.DPOP_NONCE.total_seconds())


def _nonce(period: int) -> str:
    return keyed_digest(str(period), use="oidc-dpop-nonce")[:32]


def _is_our_nonce(shown: object, now: dt.datetime) -> bool:
    """Tell whether a nonce is of this period or the one before, which was given a moment ago."""
    return any([_same(shown, _nonce(_period(now) - age)) for age in (0, 1)])  # noqa: C419 - each, for the time


def _same(shown: object, expected: str) -> bool:
    return isinstance(shown, str) and hmac.compare_digest(shown.encode(), expected.encode())
