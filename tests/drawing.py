"""Hundreds of tests draw a picture again: in the process of the tests, where another costs a third of a second.

The code is the same; tests of the process itself ask for it (`apart`), and so do the servers that tests start.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from convergences.foundations import pictures, sandbox
from convergences.foundations.errors import Refusal

_run = sandbox.run
_here = [True]


def here() -> None:
    """Let this process draw pictures itself."""
    pytest.MonkeyPatch().setattr(sandbox, "run", _drawn_here)


@contextmanager
def apart() -> Iterator[None]:
    """Let another process draw them meanwhile, as the product does."""
    _here[0] = False
    try:
        yield
    finally:
        _here[0] = True


def _drawn_here(module: str, sent: bytes, refusing: Callable[[str], Refusal], seconds: int = sandbox.SECONDS) -> bytes:
    if module != pictures.__name__ or not _here[0]:
        return _run(module, sent, refusing, seconds)
    try:
        return pictures.draw(sent)
    except Refusal as refusal:
        raise refusing(refusal.sentence) from None
