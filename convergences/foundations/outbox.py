"""Mail that must leave: posted in the transaction of its cause, delivered later by the worker."""

import json
from dataclasses import dataclass

from django.db import connection

from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from convergences.foundations.sealing import seal


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to leave: one recipient, a subject, and the same words as text and as HTML."""

    kind: str
    recipient: str
    subject: str
    text: str
    html: str


def post(mail: Mail) -> OutboxMessage:
    """Write the mail in the current transaction; raises `RuntimeError` outside one (DOMAIN, rule 10)."""
    if not connection.in_atomic_block:
        raise RuntimeError("a mail is posted in the transaction of its cause")
    now = clock.now()
    content = json.dumps({"subject": mail.subject, "text": mail.text, "html": mail.html})
    return OutboxMessage.objects.create(
        kind=mail.kind,
        recipient=mail.recipient,
        sealed_content=seal(content, use="outbox"),
        created_at=now,
        send_after=now,
    )
