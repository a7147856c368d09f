"""The demo's processes: started together, watched, stopped together. None outlives the command."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

PATIENCE_S = 120.0
GRACE_S = 8.0
PAUSE_S = 0.05
TAIL_LINES = 12
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """A process to start. `answers_at` answers 200 once it is ready; nothing goes on without a `vital` one."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    answers_at: str = ""
    vital: bool = True


class Stopped(Exception):  # noqa: N818 - what happened, for the command to say
    """A process ended by itself."""

    def __init__(self, program: Program, status: int) -> None:
        super().__init__(program.name)
        self.program = program
        self.status = status

    def sentence(self) -> str:
        """Say which process ended, and its last words."""
        how = f"signal {-self.status}" if self.status < 0 else f"code {self.status}"
        return f"{self.program.name} s'est arrêté ({how}). Ses derniers messages ({self.program.log}) :\n{self.tail()}"

    def tail(self) -> str:
        """Return the end of its journal."""
        lines = self.program.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join(f"    {line}" for line in lines) or "    (aucun)"


@dataclass
class Crew:
    """Processes that live and end together."""

    running: dict[str, tuple[Program, "subprocess.Popen[bytes]"]] = field(default_factory=dict)

    def start(self, program: Program) -> None:
        """Start a process in a group of its own, so that Ctrl-C reaches it through us alone, and in order."""
        with program.log.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                program.command,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - this process has a single thread
            )
        self.running[program.name] = (program, process)

    def wait_until_ready(self) -> None:
        """Return once every address answers; raises `Stopped`, or `TimeoutError` naming who does not answer."""
        limit = time.monotonic() + PATIENCE_S
        waiting = [program for program, _ in self.running.values() if program.answers_at]
        while waiting:
            self.check(forgiving=False)
            waiting = [program for program in waiting if not _answers(program.answers_at)]
            if waiting and time.monotonic() > limit:
                raise TimeoutError(waiting[0].name)
            time.sleep(PAUSE_S)

    def check(self, *, forgiving: bool = True) -> Stopped | None:
        """Return a process that ended and without which the others may go on; raises `Stopped` for any other."""
        for name, (program, process) in list(self.running.items()):
            status = process.poll()
            if status is None:
                continue
            del self.running[name]
            _signal(process, signal.SIGKILL)  # its own children, if it left any
            if program.vital or not forgiving:
                raise Stopped(program, status)
            return Stopped(program, status)
        return None

    def stop(self) -> None:
        """End them all: asked first, then made to."""
        processes = [process for _, process in self.running.values()]
        for process in processes:
            _signal(process, signal.SIGTERM)
        limit = time.monotonic() + GRACE_S
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, limit - time.monotonic()))
            _signal(process, signal.SIGKILL)
            process.wait()
        self.running.clear()


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address on loopback
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError, HTTPException):
        return False


def _die_with_parent() -> Callable[[], None] | None:
    """Return what a child runs first, where Linux can end it with us: a command that is killed leaves nobody behind."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def first() -> None:
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return first
