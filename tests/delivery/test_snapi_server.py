"""The two web servers that may stand in front of SNAPI-CAP: each asks at each request, and believes no browser."""

import contextlib
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.running import free_ports

START = "http://127.0.0.1/gate/start?rd=x"
YES = {
    "Remote-User": "u-1",
    "Remote-Name": "L%C3%A9a Marchand",
    "Remote-Groups": "filer",
    "Remote-Organization": "Pantin",
}


@dataclass
class Portal:
    """What stands in for the portal: it answers as it is told, and remembers what it was asked."""

    status: int = 401
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@dataclass
class Front:
    """A running web server, its application and its portal."""

    port: int
    portal: Portal

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        """Return what a browser is answered; `_` in names of headers is kept."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Accept": "text/html", **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()


@pytest.fixture
def portal() -> Iterator[tuple[Portal, int]]:
    """A stand-in portal, and its port."""
    told = Portal()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append((self.path, dict(self.headers.items())))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *_args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told, server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["nginx", "python"])
def front(request: pytest.FixtureRequest, portal: tuple[Portal, int], tmp_path: Path) -> Iterator[Front]:
    """SNAPI-CAP behind one of the two."""
    told, portal_port = portal
    port = free_ports(1)
    common = [f"--portal=http://127.0.0.1:{portal_port}", f"--data={tmp_path / 'data'}"]
    server = ["snapi", f"--server={request.param}", f"--port={port}"]
    started = []
    for module, *arguments in (["hall", f"--snapi={port}"], server):
        command = [sys.executable, "-m", f"convergences_demo.{module}", *arguments, *common]
        started.append(subprocess.Popen(command, env={"PATH": os.environ["PATH"]}))
    made = Front(port, told)
    try:
        _wait(made)
        yield made
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=20)


def _wait(front: Front) -> None:
    limit = time.monotonic() + 30
    while True:
        try:
            if front.ask("/healthz")[0] == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < limit
        time.sleep(0.1)


def test_a_stranger_is_sent_to_be_known_and_a_form_is_answered(front: Front) -> None:
    front.portal.headers = {"X-Gate-Start": START}
    status, headers, _body = front.ask("/seances?annee=2026", Cookie="gate=abc")
    assert (status, headers["Location"]) == (302, START)
    path, said = front.portal.asked[-1]
    assert path == "/gate/check"
    assert said["X-Original-URL"] == f"http://127.0.0.1:{front.port}/seances?annee=2026"
    assert (said["X-Original-Method"], said["Cookie"]) == ("GET", "gate=abc")
    front.portal.headers = {}
    assert front.ask("/saisir", "POST")[0] in {401, 403}
    assert front.portal.asked[-1][1]["X-Original-Method"] == "POST"


def test_whom_the_portal_names_is_shown_and_no_other(front: Front) -> None:
    front.portal.status, front.portal.headers = 200, YES
    forged = {
        "Remote-Email": "forged@evil.example",
        "remote_user": "forged",
        "Remote-Siret": "forged",
        "Cookie": "a=forged",
    }
    status, _headers, body = front.ask("/mes-acces", **forged)
    assert status == 200
    assert "Léa Marchand" in body
    assert "Saisir des dossiers" in body
    assert "forged" not in body


def test_nobody_enters_when_the_portal_does_not_name_them_or_says_nothing(front: Front) -> None:
    front.portal.status, front.portal.headers = 200, {}
    assert front.ask("/", **{"Remote-User": "forged"})[0] == 403
    front.portal.status, front.portal.headers = 403, {"X-Gate-Start": START}
    assert front.ask("/")[:1] == (302,)
    front.portal.status, front.portal.headers = 503, {}
    assert front.ask("/")[0] in {500, 503}


def test_what_is_for_who_has_left_names_nobody(front: Front) -> None:
    front.portal.status, front.portal.headers = 200, YES
    status, _headers, body = front.ask("/au-revoir", **{"Remote-User": "forged", "Remote-Name": "forged"})
    assert status == 200
    assert "forged" not in body
    assert front.ask("/static/snapi.css")[0] == 200
    assert front.ask("/gate/arrive?code=a")[0] == 200
    assert front.portal.asked[-1][0] == "/gate/arrive?code=a"
    assert front.portal.asked[-1][1]["Host"] == f"127.0.0.1:{front.port}"
