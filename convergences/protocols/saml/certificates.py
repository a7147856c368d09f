"""The key that signs what applications receive, and its certificate: its own, for applications pin it for years.

It is published before it signs and after, so that a rollover shows both. Reading it costs 45 ms: once a process.
"""

import datetime as dt
import threading
import time
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import connection, transaction

from convergences.foundations import clock
from convergences.foundations.sealing import seal, unseal
from convergences.protocols.saml import lifetimes
from convergences.protocols.saml.models import SigningCertificate

SIZE = 3072
REFRESH_SECONDS = 60
_USE = "saml-key"
_LOCK_NUMBER = 7_302_002


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and its certificate (PEM)."""

    key: rsa.RSAPrivateKey
    certificate: str

    @property
    def bare(self) -> str:
        """The certificate without the lines of PEM, as XML holds it."""
        return bare(self.certificate)


def bare(certificate: str) -> str:
    """Return a certificate without the lines of PEM."""
    return "".join(line for line in certificate.splitlines() if not line.startswith("-----"))


@dataclass
class _Cache:
    read_at: float = float("-inf")
    rows: list[SigningCertificate] = field(default_factory=list)
    opened: dict[str, Signer] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_cache = _Cache()


def signer() -> Signer:
    """Return what signs now; the first key is made if need be."""
    current = _current(_fresh(), clock.now())
    if current is None:
        current = _first()
        forget_cached()
    return _opened(current)


def published() -> list[SigningCertificate]:
    """Return the certificates that the metadata shows: those that sign, will sign, or signed lately."""
    now = clock.now()
    return [row for row in _fresh() if row.signs_until is None or row.signs_until + lifetimes.KEY_OVERLAP > now]


def rotate(*, overlap: dt.timedelta = lifetimes.KEY_OVERLAP, withdraw: bool = False) -> SigningCertificate:
    """Make the next key: published now, it signs after the overlap, when the present one stops.

    A next key that already waits is brought forward rather than doubled. `withdraw` is for a key that leaked: the new
    one signs at once, and the others leave the metadata.
    """
    with transaction.atomic():
        _lock()
        now = clock.now()
        starts = now if withdraw else now + overlap
        waiting = SigningCertificate.objects.filter(signs_from__gt=now).order_by("signs_from").first()
        if withdraw or waiting is None:
            following = _create(now, starts)
        else:
            following = waiting
            following.signs_from = min(following.signs_from, starts)
            following.save(update_fields=["signs_from"])
        others = SigningCertificate.objects.exclude(pk=following.pk).filter(signs_until__isnull=True)
        if withdraw:
            SigningCertificate.objects.exclude(pk=following.pk).delete()
        else:
            others.update(signs_until=following.signs_from)
    forget_cached()
    return following


def reseal() -> int:
    """Encrypt every private key again under the present SECRET_KEY; return how many."""
    with transaction.atomic():
        rows = list(SigningCertificate.objects.all())
        for row in rows:
            row.sealed_private_key = seal(unseal(row.sealed_private_key, use=_USE), use=_USE)
            row.save(update_fields=["sealed_private_key"])
    return len(rows)


def opens(row: SigningCertificate) -> bool:
    """Tell whether a private key opens under the present SECRET_KEY, or a former one."""
    try:
        unseal(row.sealed_private_key, use=_USE)
    except InvalidToken:
        return False
    return True


def ensure() -> int:
    """Make the first key where there is none, so that it is published before it is needed; return how many."""
    if _current(_fresh(), clock.now()) is not None:
        return 0
    _first()
    forget_cached()
    return 1


def forget_cached() -> None:
    """Read the table again at the next call."""
    with _cache.lock:
        _cache.read_at = float("-inf")
        _cache.opened.clear()


def _fresh() -> list[SigningCertificate]:
    if time.monotonic() - _cache.read_at > REFRESH_SECONDS:
        with _cache.lock:
            _cache.rows = list(SigningCertificate.objects.all())
            _cache.read_at = time.monotonic()
    return _cache.rows


def _current(rows: list[SigningCertificate], now: dt.datetime) -> SigningCertificate | None:
    able = [row for row in rows if row.signs_from <= now and (row.signs_until is None or row.signs_until > now)]
    return max(able, key=lambda row: row.signs_from, default=None)


def _opened(row: SigningCertificate) -> Signer:
    found = _cache.opened.get(row.fingerprint)
    if found is None:
        key = serialization.load_pem_private_key(unseal(row.sealed_private_key, use=_USE).encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("the key of SAML is RSA")
        found = _cache.opened[row.fingerprint] = Signer(key, row.certificate)
    return found


def _first() -> SigningCertificate:
    with transaction.atomic():
        _lock()
        now = clock.now()
        return _current(list(SigningCertificate.objects.all()), now) or _create(now, now)


def _lock() -> None:
    """Let one process at a time decide which key comes next; SQLite's transactions are IMMEDIATE and do it already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_NUMBER])


def _create(now: dt.datetime, signs_from: dt.datetime) -> SigningCertificate:
    key = rsa.generate_private_key(public_exponent=65537, key_size=SIZE)
    expires = signs_from + lifetimes.KEY
    certificate = _certificate(key, now, expires)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SigningCertificate.objects.create(
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        sealed_private_key=seal(private.decode(), use=_USE),
        created_at=now,
        signs_from=signs_from,
        expires_at=expires,
    )


def _certificate(key: rsa.RSAPrivateKey, now: dt.datetime, expires: dt.datetime) -> x509.Certificate:
    """Return a certificate that nobody else signs: metadata is what makes it trusted (Metadata, section 2.4.1.1)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, settings.BASE_URL.partition("://")[2][:64])])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(expires)
    return builder.sign(key, hashes.SHA256())
