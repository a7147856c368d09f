"""The real server, as `convergences serve` starts it, on a database of its own; and what its processes have used."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORKERS = 2
_PARENT = 1  # of /proc/PID/stat, counted after the command's closing parenthesis (proc(5))
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Size:
    """How much a database holds."""

    name: str
    organizations: int
    agents: int


@dataclass
class Server:
    """A running server, and the sessions that its database was given."""

    port: int
    process: "subprocess.Popen[bytes]"
    sessions: list[str] = field(default_factory=list)

    def used(self) -> float:
        """Return the seconds of processor that the workers have used (user and system)."""
        return sum(_used(worker) for worker in self.workers())

    def workers(self) -> list[int]:
        """Return the identifiers of the server's processes, but the one that only watches over them."""
        found = [_children(self.process.pid), *map(_children, _children(self.process.pid))]
        return [child for children in found for child in children]


def environment(database: str, folder: Path, port: int) -> dict[str, str]:
    """Return what the server and the filling read: nothing of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONVERGENCES_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "convergences.project.settings",
        "CONVERGENCES_SECRET_KEY": secrets.token_urlsafe(48),
        "CONVERGENCES_BASE_URL": f"http://127.0.0.1:{port}",
        "CONVERGENCES_DATABASE_URL": database,
        "CONVERGENCES_MEDIA_ROOT": str(folder / "media"),
        "CONVERGENCES_LOG_FORMAT": "json",
        "CONVERGENCES_TRUSTED_PROXIES": "127.0.0.0/8",
    }


@contextlib.contextmanager
def fresh_database(kind: str) -> Iterator[tuple[str, Path]]:
    """Give the address of an empty database, and a folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="convergences-bench-") as name:
        folder = Path(name)
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'bench.sqlite3'}", folder
            return
        from tests.postgresql import Cluster

        cluster = Cluster.start()
        try:
            yield cluster.url, folder
        finally:
            cluster.stop()


@contextlib.contextmanager
def running(size: Size, database: str, folder: Path, *, visitors: int) -> Iterator[Server]:
    """Fill a database, serve it, and stop."""
    port = _free_port()
    settings = environment(database, folder, port)
    _run(settings, "-m", "convergences", "migrate")
    filling = ("-m", "bench.filling", str(size.agents), str(size.organizations), str(visitors))
    filled = json.loads(_run(settings, *filling))
    command = [sys.executable, "-m", "convergences", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=log, stderr=log)
        try:
            _wait(process, port, folder)
            yield Server(port, process, filled["sessions"])
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _run(settings: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=settings, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return done.stdout.decode()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the server does not answer:\n{(folder / 'server.log').read_text()[-2000:]}")


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _used(pid: int) -> float:
    # To the nanosecond, where `/proc/PID/stat` counts by ticks of ten milliseconds: short rounds can be told apart.
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and int(_stat(int(entry.name))[_PARENT]) == pid:
                found.append(int(entry.name))
    return found
