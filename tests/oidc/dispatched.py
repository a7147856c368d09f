"""The same request put to the dispatcher and to Django's own machinery: what a server would send of each."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from convergences.project.dispatching.dispatcher import Dispatcher, routes
from convergences.project.wsgi import application

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Sent:
    """What left: status, headers (but the reference, which is each request's own) and body."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def code(self) -> int:
        """The status, as a number."""
        return int(self.status.split()[0])


@dataclass(frozen=True)
class Request:
    """What a machine sends."""

    path: str
    method: str = "GET"
    body: bytes = b""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    server: dict[str, Any] = field(default_factory=dict)

    def environ(self) -> dict[str, Any]:
        """Return it as a WSGI server does (PEP 3333)."""
        base = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
        }
        if self.body:
            base |= {"CONTENT_LENGTH": str(len(self.body)), "CONTENT_TYPE": FORM}
        named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
        merged = {**base, **named, **self.server}
        return {name: value for name, value in merged.items() if value is not None}


def is_lean(request: Request) -> bool:
    """Tell whether the dispatcher answers this by itself."""
    left: list[str] = []

    def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        left.append(environ["PATH_INFO"])
        return [b""]

    Dispatcher(django, routes())(request.environ(), lambda *_given: None)
    return not left


def same(request: Request, front: Dispatcher = application) -> Sent:
    """Return the answer, once the dispatcher and the Django behind it have given the same."""
    usual, lean = sent(front.django, request), sent(front, request)
    assert lean == usual, (lean, usual)
    return lean


def sent(app: Any, request: Request) -> Sent:
    """Put a request to a WSGI application."""
    begun: list[Any] = []
    answer = app(request.environ(), lambda *given: begun.append(given))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    status, headers = begun[0][:2]
    references = [value for name, value in headers if name == "X-Reference"]
    assert len(references) == 1
    # Django leaves a space before a cookie, which no client sees.
    kept = sorted((name.lower(), value.strip()) for name, value in headers if name != "X-Reference")
    return Sent(status, tuple(kept), body.replace(references[0].encode(), b"REFERENCE"))
