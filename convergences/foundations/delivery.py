"""Delivering what the outbox holds: again and again with growing delays, then as a dead letter that operators see."""

import datetime as dt
import json

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from convergences.foundations import clock
from convergences.foundations.mail_transports import (
    FinalFailure,
    Letter,
    MailTransport,
    TemporaryFailure,
    Unreachable,
    sender_domain,
    transport,
)
from convergences.foundations.models import OutboxMessage
from convergences.foundations.sealing import keyed_digest, unseal

log = structlog.get_logger(__name__)

# A worker that claims a letter has this long to settle it; killed meanwhile, another takes it up afterwards.
LEASE = dt.timedelta(minutes=10)
# Then a dead letter, a little more than 23 hours after the first try.
DELAYS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 360))
SENT_KEPT = dt.timedelta(days=30)
DEAD_KEPT = dt.timedelta(days=90)

WAITING = Q(sent_at__isnull=True, dead_at__isnull=True)


def deliver_due(limit: int = 50) -> int:
    """Deliver the mails whose time has come, at most `limit`; return how many were tried.

    Several workers may run: each letter is claimed in a short transaction, then carried outside of it. A letter leaves
    at least once; after a crash in the very moment of leaving it leaves again, under the same Message-ID.
    """
    tried = 0
    if not _due().exists():
        return tried
    with transport(settings.EMAIL_URL) as mail_server:
        while tried < limit and (message := _claim()):
            tried += 1
            if not _deliver(message, mail_server):
                break
    return tried


def waiting() -> QuerySet[OutboxMessage]:
    """Return the mails that still have to leave, the oldest first."""
    return OutboxMessage.objects.filter(WAITING).order_by("created_at")


def dead_letters() -> QuerySet[OutboxMessage]:
    """Return the mails that were given up, the latest first."""
    return OutboxMessage.objects.filter(dead_at__isnull=False).order_by("-dead_at")


def retry(messages: QuerySet[OutboxMessage]) -> int:
    """Put dead letters back among those that wait, as if new; return how many."""
    return messages.filter(dead_at__isnull=False).update(dead_at=None, attempts=0, send_after=clock.now())


def forget_old() -> int:
    """Remove the traces of mails sent a month ago, and the letters dead for three: addresses are personal data."""
    now = clock.now()
    old = Q(sent_at__lt=now - SENT_KEPT) | Q(dead_at__lt=now - DEAD_KEPT)
    return OutboxMessage.objects.filter(old).delete()[0]


def _due() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(WAITING, send_after__lte=clock.now()).order_by("send_after")


def _claim() -> OutboxMessage | None:
    with transaction.atomic():  # IMMEDIATE on SQLite
        due = _due()
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        message = due.first()
        if message is not None:
            message.attempts += 1
            message.send_after = clock.now() + LEASE
            message.save(update_fields=["attempts", "send_after"])
    return message


def _deliver(message: OutboxMessage, mail_server: MailTransport) -> bool:
    """Carry one claimed letter and settle it; False when the others had better wait."""
    try:
        mail_server.send(_letter(message))
    except FinalFailure as failure:
        _bury(message, str(failure))
    except TemporaryFailure as failure:
        _postpone(message, str(failure))
    except Unreachable as failure:
        log.warning("mail.unreachable", error=str(failure))
        _postpone(message, str(failure))
        return False
    else:
        OutboxMessage.objects.filter(pk=message.pk).update(sent_at=clock.now(), sealed_content="", last_error="")
        log.info("mail.sent", message=message.pk, kind=message.kind, attempts=message.attempts)
    return True


def _letter(message: OutboxMessage) -> Letter:
    try:
        content = json.loads(unseal(message.sealed_content, use="outbox"))
    except InvalidToken as error:
        raise FinalFailure("the content cannot be opened: SECRET_KEY has changed, or the row was altered") from error
    name = keyed_digest(f"{message.pk}/{message.created_at.isoformat()}", use="message-id")[:32]
    return Letter(
        message_id=f"<{name}@{sender_domain()}>",
        recipient=message.recipient,
        subject=content["subject"],
        text=content["text"],
        html=content["html"],
    )


def _postpone(message: OutboxMessage, error: str) -> None:
    if message.attempts > len(DELAYS):
        _bury(message, error)
        return
    # Only if no other worker has claimed it since: this one may have been asleep longer than its lease.
    OutboxMessage.objects.filter(WAITING, pk=message.pk, attempts=message.attempts).update(
        send_after=clock.now() + DELAYS[message.attempts - 1], last_error=_line(error)
    )
    log.info("mail.postponed", message=message.pk, kind=message.kind, attempts=message.attempts, error=_line(error))


def _bury(message: OutboxMessage, error: str) -> None:
    OutboxMessage.objects.filter(WAITING, pk=message.pk).update(dead_at=clock.now(), last_error=_line(error))
    log.warning("mail.dead", message=message.pk, kind=message.kind, attempts=message.attempts, error=_line(error))


def _line(error: str) -> str:
    return " ".join(error.split())[:300]
