"""A portal and BIP as they run in production: separate processes, two workers, a database in a file."""

import atexit
import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import requests

from tests.oidc.staging import SECRET

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """Return a port that nobody listens on at this instant."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Portal:
    """Where the portal answers, and the file that it keeps."""

    portal: str
    database: Path

    def change(self, statement: str) -> None:
        """Change the portal's rows, as an operator would."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as connection, connection:
            connection.execute(statement)

    def count(self, query: str) -> int:
        """Return a number read from the portal's rows."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return int(connection.execute(query).fetchone()[0])


@dataclass(frozen=True)
class Live(Portal):
    """Where BIP answers too."""

    bip: str


@contextlib.contextmanager
def running(folder: Path, *, worker: bool = False, recheck: int = 0) -> Iterator[Live]:
    """Start both processes with a staged database, and the worker if asked; stop them.

    `recheck`: for how many seconds BIP believes what it knows, without asking the portal.
    """
    bip = f"http://127.0.0.1:{free_port()}"
    with contextlib.ExitStack() as processes:
        served = processes.enter_context(portal(folder, ["tests.oidc.staging", bip], worker=worker))
        processes.enter_context(serving(_bip(bip, served.portal, recheck), _bip_environment(), f"{bip}/healthz"))
        yield Live(served.portal, served.database, bip)


@contextlib.contextmanager
def portal(folder: Path, staging: Sequence[str], *, worker: bool = False, public: str = "") -> Iterator[Portal]:
    """Start a portal that `staging` (a module and its arguments) fills, and the worker if asked; stop them.

    `public`: its address for who comes through a server placed before it, on the same machine name.
    """
    name = urlsplit(public).hostname or "127.0.0.1"
    served = Portal(f"http://{name}:{free_port()}", folder / "live.sqlite3")
    environment = _environment(served) | ({"CONVERGENCES_BASE_URL": public} if public else {})
    shutil.copyfile(_migrated(), served.database)
    _run(environment, "-m", *staging)
    with contextlib.ExitStack() as processes:
        processes.enter_context(serving(_portal(served.portal), environment, f"{served.portal}/healthz"))
        if worker:
            working = ["-m", "convergences", "worker"]
            processes.enter_context(serving(working, environment, f"{served.portal}/healthz"))
        yield served


def run_beside(served: Portal, *arguments: str) -> None:
    """Run a module of Python with the settings of a portal that is served, as an operator would."""
    _run(_environment(served), "-m", *arguments)


@cache
def _migrated() -> Path:
    """Return a database that is up to date and empty, made once by each process of the tests: it takes five seconds."""
    folder = tempfile.TemporaryDirectory(prefix="migrated-")
    atexit.register(folder.cleanup)
    made = Portal("http://127.0.0.1:1", Path(folder.name) / "empty.sqlite3")
    _run(_environment(made), "-m", "convergences", "migrate")
    return made.database


def _environment(served: Portal) -> dict[str, str]:
    settings = {
        "DJANGO_SETTINGS_MODULE": "convergences.project.settings",
        "CONVERGENCES_SECRET_KEY": "a secret for live tests only, of more than 32 signs",
        "CONVERGENCES_BASE_URL": served.portal,
        "CONVERGENCES_DATABASE_URL": f"sqlite:///{served.database}",
        "CONVERGENCES_MEDIA_ROOT": str(served.database.parent / "media"),
        "CONVERGENCES_DEMO": "true",
        "CONVERGENCES_OUTBOUND_NETWORKS": "127.0.0.0/8",
        "CONVERGENCES_TRUSTED_PROXIES": "127.0.0.0/8",
    }
    return {**_bare(), **settings}


def _bare() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVERGENCES_", "BIP_"))}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "demo")])}


def _run(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def _portal(address: str) -> list[str]:
    port = address.rsplit(":", 1)[1]
    served = ["convergences.project.wsgi:application", "--interface", "wsgi", "--workers", "2", "--no-access-log"]
    return ["-m", "granian", *served, "--host", "127.0.0.1", "--port", port]


def _bip(address: str, portal: str, recheck: int) -> list[str]:
    # Each page asks the portal again, with a fresh token: what the tests look at happens at once.
    watchful = ["--recheck", str(recheck), "--refresh-margin", "3600"]
    return ["-m", "convergences_demo.bip", "--port", address.rsplit(":", 1)[1], "--issuer", portal, *watchful]


def _bip_environment() -> dict[str, str]:
    return {**_bare(), "BIP_CLIENT_SECRET": SECRET, "DJANGO_SETTINGS_MODULE": ""}


@contextlib.contextmanager
def serving(
    arguments: list[str], environment: dict[str, str], health: str, *, program: str = sys.executable
) -> Iterator[None]:
    """Start a program, wait until its health answers, and stop it at the end."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([program, *arguments], cwd=ROOT, env=environment, stdout=said, stderr=said)
        try:
            _wait(process, health, said)
            yield
            _is_alive(process, health, said)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: "subprocess.Popen[bytes]", health: str, said: IO[bytes]) -> None:
    for _ in range(300):
        _is_alive(process, health, said)
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(health, timeout=5).ok:
                return
        time.sleep(0.1)
    raise AssertionError(f"{health} does not answer")


def _is_alive(process: "subprocess.Popen[bytes]", health: str, said: IO[bytes]) -> None:
    if process.poll() is not None:
        said.seek(0)
        raise AssertionError(f"{health}: a process stopped: {said.read().decode(errors='replace')[-2000:]}")
