"""Encryption at rest and keyed digests, one derived key per use: from SECRET_KEY, or from keys given beside it."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@lru_cache(maxsize=64)
def derived_key(secret: str, use: str) -> bytes:
    """Return 32 bytes for one use, so that a key that leaks elsewhere opens nothing here (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"convergences/{use}".encode()).derive(secret.encode())


@lru_cache(maxsize=64)
def _cipher(secrets: tuple[str, ...], use: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived_key(secret, use))) for secret in secrets])


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def seal(clear: str, *, use: str) -> str:
    """Encrypt a text for storage."""
    return _cipher(_secrets(), use).encrypt(clear.encode()).decode()


def unseal(sealed: str, *, use: str) -> str:
    """Decrypt what `seal` gave for the same use; raises `cryptography.fernet.InvalidToken` when it was altered."""
    return _cipher(_secrets(), use).decrypt(sealed.encode()).decode()


def seal_bytes(clear: bytes, *, use: str) -> bytes:
    """Encrypt the content of a file for storage."""
    return _cipher(_secrets(), use).encrypt(clear)


def unseal_bytes(sealed: bytes, *, use: str) -> bytes:
    """Decrypt what `seal_bytes` gave for the same use; raises `cryptography.fernet.InvalidToken` when altered."""
    return _cipher(_secrets(), use).decrypt(sealed)


def seal_under(secrets: tuple[str, ...], clear: str, *, use: str) -> str:
    """Encrypt a text under the first of these keys, none of which is SECRET_KEY's business."""
    return _cipher(secrets, use).encrypt(clear.encode()).decode()


def unseal_under(secrets: tuple[str, ...], sealed: str, *, use: str) -> str:
    """Decrypt what `seal_under` gave under any of these keys; raises `cryptography.fernet.InvalidToken`."""
    return _cipher(secrets, use).decrypt(sealed.encode()).decode()


def keyed_digest(value: str, *, use: str) -> str:
    """Return a hexadecimal HMAC-SHA256: for values too few to be hidden by a bare hash (codes, addresses)."""
    return hmac.new(derived_key(settings.SECRET_KEY, use), value.encode(), hashlib.sha256).hexdigest()


def digest(secret: str) -> str:
    """Return the SHA-256 of a generated secret of 128 bits or more; a slow hash is for human passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()
