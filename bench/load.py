"""A light client: connections that stay open, one request after another on each, answers read whole."""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

CONNECTIONS = 4
FORM = "application/x-www-form-urlencoded"


class Unexpected(Exception):  # noqa: N818 - an answer
    """The server did not answer what an operation needs: figures would be those of an error."""


@dataclass
class Caller:
    """One connection, and what its operations remember from one to the next."""

    port: int
    session: str
    kept: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, path: str, *, expect: int = 200, form: dict[str, str] | None = None, **headers: str) -> Any:
        """Send one request and return its answer with `content` read; raises `Unexpected` for another status."""
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers["Content-Type"] = FORM
        self.connection.request("GET" if body is None else "POST", path, body=body, headers=headers)
        answer: Any = self.connection.getresponse()
        answer.content = answer.read()
        if answer.status != expect:
            raise Unexpected(f"{path}: {answer.status} {answer.content[:300]!r}")
        return answer

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def basic(client_id: str, secret: str) -> str:
    """Return the header of client_secret_basic (RFC 6749, section 2.3.1)."""
    pair = urlencode({client_id: secret}).replace("=", ":", 1)
    return "Basic " + base64.b64encode(pair.encode()).decode()


Operation = Callable[[Caller], None]


def repeat(operation: Operation, callers: list[Caller], *, times: int) -> int:
    """Do the operation so many times in all, each caller its share, at once; return how many were done."""
    share = max(times // len(callers), 1)
    failures: list[Exception] = []

    def work(caller: Caller) -> None:
        try:
            for _ in range(share):
                operation(caller)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return share * len(callers)
