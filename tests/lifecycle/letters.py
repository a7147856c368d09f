"""The mails that wait in the outbox, read."""

import json

from convergences.foundations.models import OutboxMessage
from convergences.foundations.outbox import Mail
from convergences.foundations.sealing import unseal


def posted() -> list[Mail]:
    """Every mail, oldest first."""
    return [
        Mail(kind=row.kind, recipient=row.recipient, **json.loads(unseal(row.sealed_content, use="outbox")))
        for row in OutboxMessage.objects.order_by("pk")
    ]


def kinds() -> list[tuple[str, str]]:
    """What was posted, and to whom."""
    return [(mail.kind.removeprefix("lifecycle."), mail.recipient) for mail in posted()]


def flat(text: str) -> str:
    """A text with plain spaces, on one line: to compare words, not typography."""
    return " ".join(text.replace("’", "'").split())
