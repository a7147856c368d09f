"""How mail leaves: by an SMTP server, or to the demo's page."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import Protocol

from django.conf import settings

from convergences.foundations import clock
from convergences.foundations.models import DemoLetter
from convergences.foundations.smtp_url import Smtp, is_mailbox, smtp_of

REFUSED_FOR_GOOD = 500


class TemporaryFailure(Exception):  # noqa: N818 - what happened, not a breakdown
    """This letter did not leave this time."""


class FinalFailure(Exception):  # noqa: N818
    """This letter will never leave as it is."""


class Unreachable(Exception):  # noqa: N818
    """No letter can leave for now."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with its own identifier, the same at each try, so that a mailbox shows it once."""

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str


class MailTransport(Protocol):
    """Sends letters; raises `TemporaryFailure`, `FinalFailure` or `Unreachable`."""

    def send(self, letter: Letter) -> None:
        """Send one letter."""


@contextlib.contextmanager
def transport(url: str) -> Iterator[MailTransport]:
    """Open the way to the server of this address for several letters; connects with the first one."""
    if is_mailbox(url):
        yield DemoMailbox()
        return
    server = SmtpTransport(smtp_of(url))
    try:
        yield server
    finally:
        server.close()


class DemoMailbox:
    """The demo's page."""

    def send(self, letter: Letter) -> None:
        """Lay the letter on the page."""
        DemoLetter.objects.create(
            recipient=letter.recipient,
            subject=letter.subject[:200],
            text=letter.text,
            html=letter.html,
            delivered_at=clock.now(),
        )


class SmtpTransport:
    """One connection to an SMTP server (RFC 5321)."""

    def __init__(self, server: Smtp) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hand the letter over; the server has answered for it when this returns."""
        message = envelope(letter)
        connection = self._connected()
        try:
            connection.send_message(message, to_addrs=[message["To"].addresses[0].addr_spec])
        except smtplib.SMTPRecipientsRefused as refusal:
            [(code, reason)] = refusal.recipients.values()
            raise _failure(code, reason) from refusal
        except smtplib.SMTPDataError as refusal:
            raise _failure(refusal.smtp_code, refusal.smtp_error) from refusal
        except smtplib.SMTPNotSupportedError as refusal:
            raise FinalFailure(str(refusal)) from refusal
        except (smtplib.SMTPException, OSError) as failure:
            # The sender refused, the line cut: not the fault of this letter, the next ones would fail as well.
            self.close()
            raise Unreachable(_said(failure)) from failure

    def check(self) -> None:
        """Connect and sign in, without sending anything; raises `Unreachable`."""
        self._connected().noop()

    def close(self) -> None:
        """Take leave of the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = _connect(self._server)
            except (smtplib.SMTPException, OSError) as failure:
                raise Unreachable(_said(failure)) from failure
        return self._connection


def envelope(letter: Letter) -> EmailMessage:
    """Return the letter as MIME, in 7 bits (RFC 2045, 2047); raises `FinalFailure` when an address cannot be written.

    `Auto-Submitted` keeps automatic answers away (RFC 3834). Headers are set through the structured interface, which
    refuses a line break: a name cannot add a header or a recipient.
    """
    message = EmailMessage(policy=SMTP_POLICY)
    try:
        local, _at, domain = letter.recipient.rpartition("@")
        message["To"] = Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
        message["From"] = settings.DEFAULT_FROM_EMAIL
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(clock.now().astimezone(clock.PARIS))
        message["Message-ID"] = letter.message_id
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message["Content-Language"] = "fr"
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    except (ValueError, IndexError, MessageError) as error:  # the parser of addresses raises all three
        raise FinalFailure(_said(error)) from error
    return message


def sender_domain() -> str:
    """Return the domain that mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _connect(server: Smtp) -> smtplib.SMTP:
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.tls:
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.starttls:
            connection.starttls(context=context)  # raises when it is not offered: never in clear instead
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _failure(code: int, reason: bytes | str) -> TemporaryFailure | FinalFailure:
    words = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    kind = FinalFailure if code >= REFUSED_FOR_GOOD else TemporaryFailure
    return kind(f"{code} {words}")


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
