"""A demo run as a person runs it, in a process of its own."""

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from convergences.cli.demo_data.clients import CLIENTS

PATIENCE_S = 300


@dataclass
class Demo:
    """A running `convergences demo`."""

    process: "subprocess.Popen[bytes]"
    port: int
    output: Path

    @property
    def portal(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    @property
    def bip(self) -> str:
        """The address of its BIP."""
        return self.address(1)

    def address(self, rank: int) -> str:
        """Return the address of one of its applications, by its rank after the portal."""
        return f"http://localhost:{self.port + rank}"

    def said(self) -> str:
        """Return what it has printed so far."""
        return self.output.read_text(encoding="utf-8")

    def wait_for(self, words: str) -> None:
        """Wait until it has printed these words; raises `AssertionError` with all that it said."""
        limit = time.monotonic() + PATIENCE_S
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < limit, self.said()
            time.sleep(0.1)

    def wait_until_open(self, rank: int) -> None:
        """Wait until something listens at an application's port: some start after the portal has been announced."""
        limit = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port + rank), timeout=2):
                return
            assert time.monotonic() < limit, f"nobody listens at {self.address(rank)}"
            time.sleep(0.05)

    def children(self) -> list[int]:
        """Return the processes it started, and theirs."""
        return list(descendants(self.process.pid))

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes below a process."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield int(child)
            yield from descendants(int(child))


def command_line(pid: int) -> str:
    """Return the words of a process."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def free_ports(many: int = 1 + len(CLIENTS)) -> int:
    """Return a port whose followers are free too.

    Below those that Linux gives to outgoing connections: whoever asks such a port before anybody listens there may be
    connected to itself.
    """
    ours = _ours()
    for _ in range(200):
        port = secrets.choice(ours[:-many])
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for number in range(port, port + many):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", number))
            return port
    raise RuntimeError("no free ports in a row")


def _ours() -> range:
    """Return the ports of this process of the tests: two that look side by side would find the same ones free."""
    width = 11_000 // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    first = 20_000 + width * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return range(first, first + width)


def start(executable: Path, folder: Path, port: int, *arguments: str) -> Demo:
    """Start a demo outside any checkout, with the folder as home."""
    output = folder / "demo.out"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CONVERGENCES_", "DJANGO_"))
    }
    environment |= {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "share")}
    with output.open("wb") as file:
        process = subprocess.Popen(
            [str(executable), "demo", "--port", str(port), *arguments],
            cwd=folder,
            env=environment,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # As at a terminal: a test run in the background would have it born deaf to Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - this process has no thread
        )
    return Demo(process, port, output)


def fetch(url: str) -> tuple[str, bytes]:
    """Return the type and the content of a page that must be there."""
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.headers["Content-Type"], answer.read()


def assets_of(page: str, html: str) -> list[str]:
    """Return the addresses of the styles, scripts, fonts and sprites that a page names."""
    return [urljoin(page, found) for found in re.findall(r'(?:href|src)="(/static/[^"#]+)', html)]
