"""Argon2id, a few at a time: one check takes tens of milliseconds of a core and 19 MiB (OWASP, RFC 9106)."""

import base64
import os
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from convergences.authentication.errors import Overloaded

LONGEST = 512  # characters; nobody types more, and the cost of a try stays bounded
_COMPOSED_OF = 4  # characters that NFC makes one of, at the most (Unicode Standard Annex 15, section 11)
_PATIENCE = 4.0  # seconds a request may wait for its turn
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
CLOSED = "!"  # in the place of a hash: no password opens, until another is chosen
_turns = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))


@contextmanager
def turn() -> Iterator[None]:
    """Hold one of the process's turns for heavy work; raises `Overloaded` when none comes free in time.

    Without it, a hundred sign-ins at once would take 2 GiB and every core, and the portal with them.
    """
    if not _turns.acquire(timeout=_PATIENCE):
        raise Overloaded
    try:
        yield
    finally:
        _turns.release()


def normalised(clear: str) -> str:
    """Return the password in NFC: « é » is one or two characters according to the keyboard, and one password.

    What could not be taken however it is composed stays as it is: marks are sorted in the square of their number.
    """
    return unicodedata.normalize("NFC", clear) if len(clear) <= LONGEST * _COMPOSED_OF else clear


def too_long(clear: str) -> bool:
    """Say whether the password is longer than we take. It is refused, never cut (ASVS 6.2.8)."""
    return len(clear) > LONGEST


def hashed(clear: str) -> str:
    """Return the argon2id hash of a password; raises `Overloaded`."""
    with turn():
        return HASHER.hash(_encoded(clear))


def matches(hash_: str | None, clear: str) -> bool:
    """Say whether the password is the one of the hash; raises `Overloaded`.

    None, for an unknown identifier, and a closed one cost the same work as a real hash and never match (ASVS 6.3.8).
    """
    usable = hash_ is not None and hash_ != CLOSED
    known = hash_ if hash_ and usable else nobodys_hash()
    attempt = "" if too_long(clear) else clear
    with turn():
        found = _verified(known, _encoded(attempt))
    return found and usable and not too_long(clear)


def outdated(hash_: str) -> bool:
    """Say whether the hash was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(hash_)


def _verified(hash_: str, clear: bytes) -> bool:
    try:
        return HASHER.verify(hash_, clear)
    except (VerificationError, InvalidHashError):
        return False


def _encoded(clear: str) -> bytes:
    return normalised(clear).encode("utf-8", "surrogatepass")


def nobodys_hash() -> str:
    """Return a hash of today's settings that no password has: random bytes where the digest stands (PHC string)."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}${salt}${digest}"
