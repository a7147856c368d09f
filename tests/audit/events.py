"""Events for the tests of the journal."""

from typing import Any

from django.db import transaction

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM, About, Actor, record
from convergences.audit.words import Word


class Rehearsal(Word):
    """Words that only the tests say."""

    PLAYED = "rehearsal.played", "Scène jouée", "star"
    STOPPED = "rehearsal.stopped", "Scène arrêtée"


NADIA = Actor(agent_id=7, label="Nadia Ferhat", address="192.0.2.7", browser="Firefox sur Windows")


def write(
    number: int = 1, *, word: Word = Rehearsal.PLAYED, actor: Actor = SYSTEM, about: About | None = None, **details: Any
) -> list[AuditEvent]:
    """Write this many events, each in its own transaction, and return them."""
    before = AuditEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0
    for position in range(number):
        with transaction.atomic():
            record(word, actor=actor, about=about, **{"position": position, **details})
    return list(AuditEvent.objects.filter(id__gt=before).order_by("id"))
