"""The bench's own parts work: what it prints is of real answers. No figure is held here."""

import base64
import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bench import letters, saml_parts, serving
from bench.instructions import Inside
from bench.load import Caller, Unexpected, basic, repeat
from bench.oidc import table
from bench.operations import OPERATIONS
from bench.saml import least
from bench.signatures import milliseconds


class _Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(200 if self.path == "/good" else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@pytest.fixture
def caller() -> Iterator[Caller]:
    """A connection to a server that answers."""
    with HTTPServer(("127.0.0.1", 0), _Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with contextlib.closing(Caller(int(server.server_address[1]), "")) as opened:
            yield opened
        server.shutdown()
        thread.join()


def test_an_operation_is_done_as_often_as_said(caller: Caller) -> None:
    assert repeat(lambda each: each.ask("/good"), [caller], times=25) == 25


def test_an_error_is_no_figure(caller: Caller) -> None:
    with pytest.raises(Unexpected):
        repeat(lambda each: each.ask("/bad"), [caller], times=3)


def test_a_signature_takes_time_and_so_does_this_process() -> None:
    assert 0 < milliseconds("ES256", times=5) < 1000
    assert serving._used(threading.main_thread().native_id or 0) > 0


def test_each_operation_has_its_line() -> None:
    figures = {"small": {each.name: 1.0 for each in OPERATIONS}, "large": {each.name: 2.0 for each in OPERATIONS}}
    lines = list(table(list(OPERATIONS), figures, {"ES256": 0.1, "RS256": 1.0}))
    assert len(lines) == len(OPERATIONS) + 1
    assert lines[1].split() == ["authorize", "+", "token", "ES256", "1.000", "2.000", "2.50", "0.100", "20.0"]


def test_what_is_asked_inside_is_asked_of_the_application() -> None:
    seen: list[dict[str, Any]] = []

    def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.append(environ)
        start("200 OK", [("X-Said", environ["QUERY_STRING"])])
        return [environ["wsgi.input"].read()]

    answer = Inside(echo, "").ask("/a?b=c", form={"d": "é"}, Authorization="Basic x")
    assert (answer.content, answer.headers) == (b"d=%C3%A9", {"X-Said": "b=c"})
    assert (seen[0]["REQUEST_METHOD"], seen[0]["HTTP_AUTHORIZATION"]) == ("POST", "Basic x")
    with pytest.raises(Unexpected):
        Inside(echo, "").ask("/a", expect=302)


def test_a_secret_is_shown_as_the_norm_has_it() -> None:
    """RFC 6749, 2.3.1: both halves are form-encoded before the base64."""
    assert basic("a", "b c,d") == "Basic YTpiK2MlMkNk"


def test_a_signed_response_costs_more_than_its_two_signatures_and_an_encrypted_one_is_encrypted() -> None:
    parts = saml_parts.Parts.of(2048)
    signed, hidden = (base64.b64decode(each["SAMLResponse"]) for each in (parts.response(), parts.encrypted()))
    assert signed.count(b"<ds:SignatureValue>") == 2
    assert b"EncryptedAssertion" in hidden
    assert least(parts.bare, 2) > 0


def test_a_mailing_s_figures_have_a_line_for_each_size() -> None:
    lines = list(letters.table({350: dict.fromkeys(letters.COLUMNS, 1.0), 50_000: dict.fromkeys(letters.COLUMNS, 2.5)}))
    assert [line.split()[0] for line in lines] == ["letters", "350", "50,000"]
    assert lines[2].split()[1:] == ["2.5"] * len(letters.COLUMNS)
