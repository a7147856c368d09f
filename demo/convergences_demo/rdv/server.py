"""Gives the pages, their scripts and where the portal is; nothing else, to nobody in particular."""

import json
import mimetypes
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from convergences_demo.house.configuration import Configuration

STATIC = Path(__file__).parent / "static"
PAGES = ("/", "/retour", "/au-revoir")


class Content(NamedTuple):
    """What an address answers."""

    kind: str
    body: bytes


class Server(ThreadingHTTPServer):
    """A server that holds all its answers in memory: no address is ever looked up among files."""

    daemon_threads = True

    def __init__(self, chosen: Configuration) -> None:
        super().__init__((chosen.host, chosen.port), Handler)
        self.contents = _contents(chosen)
        self.headers = _headers(chosen)
        # Another name that leads here would be another site, with this one's address book (DNS rebinding).
        self.host = urlsplit(chosen.base_url).netloc


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server

    def do_GET(self) -> None:
        """Answer what this address holds."""
        found = self.server.contents.get(urlsplit(self.path).path)
        if self.headers.get("Host") != self.server.host:
            found, status = None, 421
        else:
            status = 200 if found else 404
        content = found or Content("text/plain; charset=utf-8", "Rien à cette adresse.\n".encode())
        self.send_response(status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", content.kind)
        self.send_header("Content-Length", str(len(content.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content.body)

    do_HEAD = do_GET  # noqa: N815 - the parent's name

    def version_string(self) -> str:
        """Say what serves, without its version."""
        return "rdv"

    def log_message(self, format: str, *_args: Any) -> None:  # noqa: A002 - the parent's name
        """Write nothing: the demo's terminal belongs to the portal."""


def serve(chosen: Configuration) -> int:
    """Serve until interrupted; return the status of the process."""
    try:
        server = Server(chosen)
    except OSError as error:
        name = chosen.application.name
        sys.stderr.write(f"{name} ne peut pas écouter sur {chosen.host}:{chosen.port} : {error.strerror}.\n")
        return 2
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _contents(chosen: Configuration) -> dict[str, Content]:
    """Return every address and what it answers."""
    page = Content("text/html; charset=utf-8", (STATIC / "index.html").read_bytes())
    settings = {"issuer": chosen.issuer, "client_id": chosen.client_id, "base_url": chosen.base_url}
    files = {f"/static/{path.name}": _file(path) for path in STATIC.iterdir() if path.suffix != ".html"}
    return {
        **dict.fromkeys(PAGES, page),
        **files,
        "/configuration.json": Content("application/json", json.dumps(settings).encode()),
        "/healthz": Content("text/plain", b"ok"),
    }


def _file(path: Path) -> Content:
    kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
    return Content(f"{kind}; charset=utf-8", path.read_bytes())


def _headers(chosen: Configuration) -> dict[str, str]:
    """Return the headers of every answer: scripts of ours alone run, and speak to the portal alone."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": f"'self' {chosen.issuer}",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        # No text ever becomes markup, whatever a claim or an address holds.
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        # The address of the way back holds a code.
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
