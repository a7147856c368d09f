"""A small web server that asks the portal at each request, for machines without nginx."""

import http.client
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

SOCKET = "snapi.sock"
TIMEOUT = 15
LARGEST = 512 * 1024
TOLD = ("User", "Email", "Name", "Groups", "Organization", "Siret", "Acr", "Amr", "Token")
# What a browser may say to the application: of all its other headers, none can pass for one of ours.
_PASSED = ("Accept", "Accept-Language", "User-Agent", "Content-Type", "Origin", "Referer")
_ASKED_WITH = ("Accept", "Cookie", "Sec-Fetch-Mode", "User-Agent", "X-Requested-With")
_OURS = ("/gate/start", "/gate/arrive", "/gate/leave")
_OPEN = ("/au-revoir", "/healthz")
_NOT_COPIED = frozenset({"connection", "transfer-encoding", "content-length", "server", "date", "keep-alive"})

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]


@dataclass(frozen=True, slots=True)
class Front:
    """Where the server listens, the portal that it asks, and the folder of the application's socket."""

    host: str
    port: int
    portal: str
    data: Path

    @property
    def own(self) -> str:
        """Its host, as browsers name it."""
        return f"{self.host}:{self.port}"


class Asking(ThreadingHTTPServer):
    """The server."""

    daemon_threads = True

    def __init__(self, front: Front) -> None:
        super().__init__((front.host, front.port), Handler)
        self.front = front


class _Local(http.client.HTTPConnection):
    """A connection to the application's socket."""

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(SOCKET)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Asking

    def do_GET(self) -> None:
        """Answer, once the portal has."""
        try:
            status, headers, body = self._answer()
        except (OSError, http.client.HTTPException):
            status, headers, body = 503, [("Content-Type", "text/plain; charset=utf-8")], "Réessayez.\n".encode()
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _NOT_COPIED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_GET  # noqa: N815 - the parent's names

    def _answer(self) -> Answer:
        path = urlsplit(self.path).path
        if self.headers.get("Host") != self.server.front.own or not self.path.startswith("/"):
            return 421, [], b""
        if path in _OURS:
            return self._at_portal(self.path, [("Host", self.server.front.own)])
        if path in _OPEN or (path.startswith("/static/") and ".." not in path and "%" not in path):
            return self._at_application([])
        status, told, _body = self._at_portal("/gate/check", self._question())
        said = {name.lower(): value for name, value in told}
        if status == http.client.OK:
            return self._at_application([(f"Remote-{name}", said.get(f"remote-{name.lower()}", "")) for name in TOLD])
        if status in {401, 403} and said.get("x-gate-start"):
            return 302, [("Location", said["x-gate-start"])], b""
        return status if status in {401, 403} else 503, [], b""

    def _question(self) -> Headers:
        front = self.server.front
        return [
            ("Host", urlsplit(front.portal).netloc),
            ("X-Original-URL", f"http://{front.own}{self.path}"),
            ("X-Original-Method", self.command),
        ]

    def _at_portal(self, path: str, headers: Headers) -> Answer:
        own = [*headers, ("X-Forwarded-For", self.client_address[0]), *self._said(_ASKED_WITH)]
        connection = http.client.HTTPConnection(urlsplit(self.server.front.portal).netloc, timeout=TIMEOUT)
        return _exchange(connection, "GET", path, own, b"")

    def _at_application(self, told: Headers) -> Answer:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST or self.headers.get("Transfer-Encoding"):
            return 413, [], b""
        body = self.rfile.read(length)
        headers = [("Host", self.server.front.own), ("Content-Length", str(len(body))), *self._said(_PASSED), *told]
        return _exchange(_Local("localhost"), self.command, self.path, headers, body)

    def _said(self, names: Iterable[str]) -> Headers:
        return [(name, ", ".join(self.headers.get_all(name, []))) for name in names if name in self.headers]

    def version_string(self) -> str:
        """Say what serves, without its version."""
        return "snapi"

    def log_message(self, format: str, *_args: object) -> None:  # noqa: A002 - the parent's name
        """Write nothing: the demo's terminal belongs to the portal."""


def serve(front: Front) -> int:
    """Serve until interrupted, from the folder of the application's socket."""
    try:
        server = Asking(front)
    except OSError as error:
        sys.stderr.write(f"SNAPI-CAP ne peut pas écouter sur {front.own} : {error.strerror}.\n")
        return 2
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _exchange(connection: http.client.HTTPConnection, method: str, path: str, headers: Headers, body: bytes) -> Answer:
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders(body or None)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()
