"""A real SMTP server on loopback, which accepts, refuses or dies as the test wants."""

import contextlib
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

ACCEPTED = "250 OK"
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass
class Server:
    """What the server received and how it answers."""

    port: int
    recipient_answer: str = ACCEPTED
    data_answer: str = ACCEPTED
    dies: bool = False
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address as `EMAIL_URL`."""
        return f"smtp://127.0.0.1:{self.port}?timeout=5"

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, *_: Any) -> str:  # noqa: N802
        """Accept or refuse one recipient."""
        if self.recipient_answer == ACCEPTED:
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the message, or cut the line in the middle of it."""
        if self.dies:
            server.transport.abort()
            return "421 never heard"
        if self.data_answer == ACCEPTED:
            content = envelope.content
            assert isinstance(content, bytes)
            assert content.isascii()
            message = BytesParser(policy=default).parsebytes(content)
            assert isinstance(message, EmailMessage)
            self.received.append(message)
            self.recipients.append(list(envelope.rcpt_tos))
        return self.data_answer


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def listening(**controller: Any) -> Iterator[Server]:
    """Run a server for the time of the block."""
    server = Server(port=free_port())
    running = Controller(server, hostname="127.0.0.1", port=server.port, ready_timeout=20, **controller)
    running.start()
    try:
        yield server
    finally:
        running.stop()


def accepts(user: bytes, password: bytes) -> Any:
    """Return an authenticator for this user and password only."""

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (user, password), handled=False)

    return check
