"""RDV emploi public's server: pages that only their own scripts run in, and nothing looked up among files."""

import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from convergences_demo.house import configuration
from convergences_demo.rdv import server
from convergences_demo.rdv.__main__ import RDV

ISSUER = "https://portal.example"
OUTSIDE = [
    "/../server.py",
    "/static/../../server.py",
    "/static/%2e%2e/server.py",
    "/static/",
    "/server.py",
    "//etc/passwd",
]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The server, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    with server.Server(configuration.read(RDV, ["--port", str(free), "--issuer", ISSUER])) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield free
        serving.shutdown()
        thread.join()


def get(port: int, path: str, *, host: str = "", method: str = "GET") -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{port}")
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize(
    "path", ["/", "/retour?code=x", "/au-revoir", "/static/app.js", "/configuration.json", "/rien"]
)
def test_every_answer_holds_its_scripts_to_themselves_and_the_portal(port: int, path: str) -> None:
    answer, _ = get(port, path)
    policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {ISSUER}"
    assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", OUTSIDE)
def test_nothing_but_its_own_files_is_given(port: int, path: str) -> None:
    answer, body = get(port, path)
    assert (answer.status, body) == (404, "Rien à cette adresse.\n".encode())


def test_another_name_that_leads_here_gets_nothing(port: int) -> None:
    """DNS rebinding: a page of evil.example whose name now leads to loopback."""
    answer, body = get(port, "/configuration.json", host="evil.example")
    assert (answer.status, ISSUER.encode() in body) == (421, False)


def test_nothing_but_reading_is_answered(port: int) -> None:
    assert get(port, "/", method="POST")[0].status == 501
    answer, body = get(port, "/", method="HEAD")
    assert (answer.status, body) == (200, b"")


def test_no_page_of_it_writes_markup_or_keeps_a_token() -> None:
    """Read in the sources, for what a browser test cannot see: ways that no journey takes."""
    scripts = {
        path.name: path.read_text(encoding="utf-8") for path in (Path(server.__file__).parent / "static").glob("*.js")
    }
    written = "".join(scripts.values())
    assert not [
        word for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(") if word in written
    ]
    assert [name for name, text in scripts.items() if "localStorage" in text] == ["schedule.js"]
    assert "<script>" not in server._contents(configuration.read(RDV, []))["/"].body.decode()
