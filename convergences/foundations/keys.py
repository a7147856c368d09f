"""The keys that sign what applications receive: encrypted at rest, published before they sign and after.

A key's life: created → published → signs → signs no more, still published → withdrawn. Every process reads the table at
most once a minute, so that a key is known everywhere before it signs anywhere.
"""

import datetime as dt
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from joserfc.jwk import ECKey, OKPKey, RSAKey

from convergences.foundations import clock
from convergences.foundations.models import SigningKey
from convergences.foundations.sealing import seal, unseal

ALGORITHMS = ("ES256", "RS256", "EdDSA")
REFRESH = 60.0
OVERLAP = dt.timedelta(hours=24)
# Long enough for every process, and whoever it answers, to have read the new key.
SHORTEST_OVERLAP = dt.timedelta(minutes=2)
# A key that signs no more stays published: an ID token comes back as a hint when its agent signs out.
RETIREMENT = dt.timedelta(days=7)
_LOCK_NUMBER = 0x6B657973  # any constant of ours: « keys »

Jwk = ECKey | RSAKey | OKPKey


@dataclass(frozen=True, slots=True)
class SigningPair:
    """A key ready to sign: its public name, its algorithm (RFC 7518, RFC 8037), and the key itself."""

    kid: str
    algorithm: str
    key: Jwk


@dataclass(slots=True)
class _Cache:
    lock: threading.Lock = field(default_factory=threading.Lock)
    read_at: float = float("-inf")
    keys: list[SigningKey] = field(default_factory=list)
    opened: dict[str, SigningPair] = field(default_factory=dict)


_cache = _Cache()


def signing_key(algorithm: str = "ES256") -> SigningPair:
    """Return the key that signs now, the first of its algorithm if need be; raises `ValueError` for an unknown one."""
    _known(algorithm)
    now = clock.now()
    current = _current(_fresh(), algorithm, now)
    if current is None:
        current = _first(algorithm)
        forget_cached()
    return _opened(current)


def published_jwks() -> dict[str, list[dict[str, Any]]]:
    """Return the JWK Set (RFC 7517): keys to come, that sign, and that signed lately; public parts only."""
    now = clock.now()
    return {"keys": [key.public_jwk for key in _fresh() if _is_published(key, now)]}


def rotate(algorithm: str = "ES256", *, overlap: dt.timedelta = OVERLAP, withdraw: bool = False) -> SigningKey:
    """Create the next key: published now, it signs after the overlap, when the present one stops.

    A next key that is already waiting is brought forward rather than doubled. `withdraw` is for a key that leaked: the
    new key signs at once and all others of the algorithm leave the published set (each process learns it within a
    minute).
    """
    _known(algorithm)
    with transaction.atomic():
        _lock()
        now = clock.now()
        starts = now if withdraw else now + max(overlap, SHORTEST_OVERLAP)
        others = SigningKey.objects.filter(algorithm=algorithm)
        waiting = others.filter(signs_from__gt=now).order_by("signs_from").first()
        if withdraw or waiting is None:
            following = _create(algorithm, created_at=now, signs_from=starts)
        else:
            following = waiting
            following.signs_from = min(waiting.signs_from, starts)
            following.save(update_fields=["signs_from"])
        _end_others(others.exclude(pk=following.pk), following.signs_from, withdraw=withdraw)
    forget_cached()
    return following


def ensure() -> list[SigningKey]:
    """Create the first key of each algorithm where there is none, so that it is published before it is ever needed."""
    now = clock.now()
    present = list(SigningKey.objects.filter(_published(now)))
    return [_first(algorithm) for algorithm in ALGORITHMS if _current(present, algorithm, now) is None]


def all_keys() -> QuerySet[SigningKey]:
    """Return every key, withdrawn ones too, the latest first."""
    return SigningKey.objects.order_by("algorithm", "-signs_from")


def state_of(key: SigningKey, now: dt.datetime) -> str:
    """Return `next`, `signing`, `published` or `withdrawn`."""
    if not _is_published(key, now):
        return "withdrawn"
    if key.signs_from > now:
        return "next"
    return "published" if key.signs_until and key.signs_until <= now else "signing"


def reseal() -> int:
    """Encrypt every private key again under the present SECRET_KEY; then the former one may leave the fallbacks."""
    with transaction.atomic():
        keys = list(SigningKey.objects.all())
        for key in keys:
            key.sealed_private_jwk = seal(unseal(key.sealed_private_jwk, use="signing-key"), use="signing-key")
            key.save(update_fields=["sealed_private_jwk"])
    return len(keys)


def forget_cached() -> None:
    """Read the table again at the next call."""
    with _cache.lock:
        _cache.read_at = float("-inf")
        _cache.opened.clear()


def _known(algorithm: str) -> None:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"{algorithm} is none of {', '.join(ALGORITHMS)}")


def _fresh() -> list[SigningKey]:
    if time.monotonic() - _cache.read_at > REFRESH:
        with _cache.lock:
            if time.monotonic() - _cache.read_at > REFRESH:
                _cache.keys = list(SigningKey.objects.filter(_published(clock.now())).order_by("-signs_from"))
                _cache.read_at = time.monotonic()
    return _cache.keys


def _current(keys: list[SigningKey], algorithm: str, now: dt.datetime) -> SigningKey | None:
    able = [key for key in keys if key.algorithm == algorithm and state_of(key, now) == "signing"]
    return max(able, key=lambda key: key.signs_from, default=None)


def _opened(row: SigningKey) -> SigningPair:
    # Parsing an RSA key costs 45 ms: once per process, not per token.
    pair = _cache.opened.get(row.kid)
    if pair is None:
        private = json.loads(unseal(row.sealed_private_jwk, use="signing-key"))
        kinds: dict[str, type[Jwk]] = {"ES256": ECKey, "RS256": RSAKey, "EdDSA": OKPKey}
        pair = SigningPair(row.kid, row.algorithm, kinds[row.algorithm].import_key(private))
        _cache.opened[row.kid] = pair
    return pair


def _published(now: dt.datetime) -> Q:
    return Q(published_until__isnull=True) | Q(published_until__gt=now)


def _is_published(key: SigningKey, now: dt.datetime) -> bool:
    return key.published_until is None or key.published_until > now


def _first(algorithm: str) -> SigningKey:
    with transaction.atomic():
        _lock()
        now = clock.now()
        present = list(SigningKey.objects.filter(_published(now), algorithm=algorithm))
        return _current(present, algorithm, now) or _create(algorithm, created_at=now, signs_from=now)


def _lock() -> None:
    """Let one process at a time decide which key comes next; SQLite's transactions are IMMEDIATE and do it already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_NUMBER])


def _create(algorithm: str, *, created_at: dt.datetime, signs_from: dt.datetime) -> SigningKey:
    key = _generated(algorithm)
    kid = key.thumbprint()  # RFC 7638
    names = {"kid": kid, "use": "sig", "alg": algorithm}
    return SigningKey.objects.create(
        kid=kid,
        algorithm=algorithm,
        public_jwk={**key.as_dict(private=False), **names},
        sealed_private_jwk=seal(json.dumps({**key.as_dict(private=True), **names}), use="signing-key"),
        created_at=created_at,
        signs_from=signs_from,
    )


def _generated(algorithm: str) -> Jwk:
    if algorithm == "RS256":
        return RSAKey.generate_key(2048, auto_kid=False)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", auto_kid=False)
    return ECKey.generate_key("P-256", auto_kid=False)


def _end_others(others: QuerySet[SigningKey], at: dt.datetime, *, withdraw: bool) -> None:
    if withdraw:
        others.filter(_published(at)).update(signs_until=at, published_until=at)
        return
    signing = Q(signs_until__isnull=True) | Q(signs_until__gt=at)
    others.filter(signing).update(signs_until=at, published_until=at + RETIREMENT)
