"""RSA keys of the tests: generating one takes up to a second, and nearly every test of a protocol needs one or two.

Real keys, generated a few times in each process and dealt in turn: two that follow one another are never the same. The
servers that tests start generate their own. A key that outlives a test (kept by `@cache`) is made `apart`: dealt, it
would sooner or later be somebody else's too.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc._rfc7518 import rsa_key

KEPT = 12
_generate = rsa.generate_private_key
_dealing = [True]
_pools: dict[tuple[int, int], deque[rsa.RSAPrivateKey]] = defaultdict(deque)


def share() -> None:
    """Let this process deal RSA keys, once it has generated a dozen of a size."""
    patch = pytest.MonkeyPatch()
    patch.setattr(rsa, "generate_private_key", _dealt)
    patch.setattr(rsa_key, "generate_private_key", _dealt)  # joserfc has its own name for it


@contextmanager
def apart() -> Iterator[None]:
    """Let keys made meanwhile be nobody else's: for functions that keep theirs."""
    before, _dealing[0] = _dealing[0], False
    try:
        yield
    finally:
        _dealing[0] = before


def _dealt(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
    if not _dealing[0]:
        return _generate(public_exponent, key_size, backend)
    pool = _pools[public_exponent, key_size]
    if len(pool) < KEPT:
        pool.append(_generate(public_exponent, key_size, backend))
    else:
        pool.rotate(-1)
    return pool[-1]
