"""Reading hostile bytes in a process of its own: what crashes, swells or never ends there costs nobody else anything.

A library written in another language may abort the whole process on a file of a thousand bytes: nothing catches that;
or be made to run what the file brings. `run` starts a module whose last lines call `serve`; bytes travel by pipes. The
process inherits no file, no folder and no environment of ours, and gives up the rest itself (`confinement`).
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from convergences.foundations.errors import Refusal
from convergences.foundations.sandbox.confinement import confine

SECONDS = 20  # of processor
LONGEST = 60.0  # seconds, on a machine that does something else too
MOST_SAID = 64 * 1024 * 1024
held: frozenset[str] = frozenset()  # in the other process: the measures that it took
_DONE, _REFUSED = b"\x00", b"\x01"


class Crashed(Exception):  # noqa: N818 - what was read did it, nothing of ours is broken
    """The process died, or was stopped at one of its limits."""


def run(module: str, sent: bytes, refusing: Callable[[str], Refusal], seconds: int = SECONDS) -> bytes:
    """Return what the module makes of the bytes; raises `refusing(sentence)` for its refusal, `Crashed`."""
    said = _said(module, sent, seconds)
    if said[:1] == _REFUSED:
        raise refusing(said[1:].decode(errors="replace"))
    if said[:1] != _DONE:
        raise Crashed
    return said[1:]


def _said(module: str, sent: bytes, seconds: int) -> bytes:
    """Return what the other process writes, as long as it is neither too long nor too late; raises `Crashed`."""
    with subprocess.Popen(  # noqa: S603 - our own module, and nothing else
        [sys.executable, "-P", "-s", "-m", module, str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        close_fds=True,
        cwd="/",
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"},
        start_new_session=True,
    ) as process:
        stopping = threading.Timer(LONGEST, process.kill)
        feeding = threading.Thread(target=_feed, args=(process.stdin, sent))
        stopping.start()
        feeding.start()
        try:
            said = process.stdout.read(MOST_SAID + 1) if process.stdout else b""
        finally:
            if len(said) > MOST_SAID:
                process.kill()
            code = process.wait()
            stopping.cancel()
            feeding.join()
    if code or len(said) > MOST_SAID:
        raise Crashed
    return said


def _feed(pipe: IO[bytes], sent: bytes) -> None:
    with suppress(OSError), pipe:  # it died before it had read everything
        pipe.write(sent)


def serve(act: Callable[[bytes], bytes]) -> None:
    """Do what `run` asks, within limits: for the other process."""
    global held  # noqa: PLW0603 - one process, one file, one confinement
    held = confine(int(sys.argv[1]))
    try:
        said = _DONE + act(sys.stdin.buffer.read())
    except Refusal as refusal:
        said = _REFUSED + refusal.sentence.encode()
    sys.stdout.buffer.write(said)
