"""Applications of other origins: they write down what the browser brings them, and answer a small page."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from tests.oidc.relying import SECRET, VERIFIER, challenge_of

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Brought:
    """One request of the browser. `into`: where the browser shows the answer (Fetch Metadata)."""

    method: str
    path: str
    said: dict[str, str]
    into: str


@dataclass
class Party:
    """An application at an origin of its own."""

    client_id: str
    address: str = ""
    brought: list[Brought] = field(default_factory=list)

    def received(self, path: str, *, seconds: float = 20) -> Brought:
        """Return the first request for this path, waiting for it."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            for each in list(self.brought):
                if each.path == path:
                    return each
            time.sleep(0.05)
        raise AssertionError(f"{self.client_id} received {self.brought}")

    def entry(self, portal: str, **changes: str) -> str:
        """Return the address by which a browser is sent to the portal."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": f"{self.address}/retour",
            "scope": "openid email",
            "state": "un état",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **changes,
        }
        return f"{portal}/oauth/authorize?{urlencode(asked)}"

    def exchange(self, portal: str, code: str) -> dict[str, Any]:
        """Return what the portal gives for a code."""
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        form["redirect_uri"] = f"{self.address}/retour"
        given = requests.post(
            f"{portal}/oauth/token", form, auth=(self.client_id, SECRET.replace(" ", "+")), timeout=20
        )
        assert given.status_code == 200, given.text
        tokens: dict[str, Any] = given.json()
        return tokens


class _Server(ThreadingHTTPServer):
    def __init__(self, party: Party) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.party = party


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._note("")

    def do_POST(self) -> None:
        self._note(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _note(self, body: str) -> None:
        parts, party = urlsplit(self.path), self.server.party
        said = dict(parse_qsl(body or parts.query))
        if parts.path != "/favicon.ico":  # which a browser asks for at the hour that it likes
            party.brought.append(Brought(self.command, parts.path, said, self.headers.get("Sec-Fetch-Dest", "")))
        page = f"<!doctype html><html lang=fr><title>{party.client_id}</title><h1>{party.client_id}</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def listening(client_id: str) -> Iterator[Party]:
    """Open an application at a free port."""
    party = Party(client_id)
    server = _Server(party)
    party.address = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield party
    server.shutdown()
    server.server_close()
    thread.join()


def register(data: Path, portal: str, parties: list[Party]) -> None:
    """Register these applications in a running demo, each with a page to be framed at the sign-out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVERGENCES_", "DJANGO_"))}
    addresses = [party.address for party in parties]
    command = [sys.executable, "-m", "tests.browser.registering", str(data), portal, *addresses]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
