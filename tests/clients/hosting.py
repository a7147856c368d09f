"""A web site in a thread, around the examples of the documentation that are in Python: sessions in memory."""

import contextlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Session = dict[str, Any]
COOKIE = "session"


@dataclass(frozen=True)
class Asked:
    """A request: its path, its parameters and those of its form, its body, and the session of the browser."""

    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: bytes
    session: Session

    @property
    def given(self) -> dict[str, str]:
        """All the parameters."""
        return {**self.query, **self.form}


@dataclass(frozen=True)
class Answer:
    """What is answered: JSON unless it is text already, or the way to another page."""

    content: Any = ""
    status: HTTPStatus = HTTPStatus.OK
    kind: str = "text/html; charset=utf-8"
    location: str = ""


Pages = Callable[[Asked], Answer]


@dataclass
class Sessions:
    """Who is signed in, by the name that the application's own cookie bears."""

    held: dict[str, Session] = field(default_factory=dict)

    def end(self, known_by: str, value: object) -> None:
        """Empty the sessions that hold this value under this name."""
        for session in self.held.values():
            if session.get(known_by) == value:
                session.clear()


class _Handler(BaseHTTPRequestHandler):
    pages: Pages
    sessions: Sessions

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, body: bytes) -> None:
        name = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        key = name.value if name is not None else secrets.token_hex(16)
        address = urlsplit(self.path)
        is_form = self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
        form = dict(parse_qsl(body.decode())) if is_form else {}
        session = self.sessions.held.setdefault(key, {})
        self._send(type(self).pages(Asked(address.path, dict(parse_qsl(address.query)), form, body, session)), key)

    def _send(self, answer: Answer, key: str) -> None:
        is_text = isinstance(answer.content, str)
        body = (answer.content if is_text else json.dumps(answer.content)).encode()
        self.send_response(HTTPStatus.SEE_OTHER if answer.location else answer.status)
        self.send_header("Content-Type", answer.kind if is_text else "application/json")
        self.send_header("Content-Length", str(len(body)))
        # Each first part of the path is a site of its own.
        self.send_header("Set-Cookie", f"{COOKIE}={key}; Path=/{self.path.split('/')[1]}/; HttpOnly")
        if answer.location:
            self.send_header("Location", answer.location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Write nothing."""


@contextlib.contextmanager
def serving(pages: Pages, sessions: Sessions, port: int = 0) -> Iterator[str]:
    """Serve until left; the address is given."""
    handler = type("Handler", (_Handler,), {"pages": staticmethod(pages), "sessions": sessions})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
