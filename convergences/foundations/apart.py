"""Reading hostile bytes in a process of its own: what crashes, swells or never ends there costs nobody else anything.

A library written in another language may abort the whole process on a file of a thousand bytes: nothing catches that.
`run` starts a module whose last lines call `serve`; bytes travel by pipes, and the process gets none of our secrets.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable

from convergences.foundations.errors import Refusal

SECONDS = 20  # of processor
LONGEST = 60.0  # seconds, on a machine that does something else too
MEMORY = 1536 * 1024 * 1024
_DONE, _REFUSED = b"\x00", b"\x01"
_OURS = "CONVERGENCES_"


class Crashed(Exception):  # noqa: N818 - what was read did it, nothing of ours is broken
    """The process died, or was stopped at one of its limits."""


def run(module: str, sent: bytes, refusing: Callable[[str], Refusal], seconds: int = SECONDS) -> bytes:
    """Return what the module makes of the bytes; raises `refusing(sentence)` for its refusal, `Crashed`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and nothing else
            [sys.executable, "-m", module, str(seconds)],
            input=sent,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=LONGEST,
            env=kept,
        )
    except subprocess.SubprocessError:
        raise Crashed from None
    if done.stdout[:1] == _REFUSED:
        raise refusing(done.stdout[1:].decode())
    return done.stdout[1:]


def serve(act: Callable[[bytes], bytes]) -> None:
    """Do what `run` asks, within limits: for the other process."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        said = _DONE + act(sys.stdin.buffer.read())
    except Refusal as refusal:
        said = _REFUSED + refusal.sentence.encode()
    sys.stdout.buffer.write(said)
