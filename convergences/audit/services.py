"""Writing to the journal, in the caller's own transaction."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from convergences.audit.models import AuditEvent
from convergences.audit.words import Word
from convergences.foundations import clock
from convergences.foundations.text import searchable


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an agent from a browser, or the system (`agent_id` None)."""

    agent_id: int | None
    label: str
    address: str = ""
    browser: str = ""


SYSTEM = Actor(agent_id=None, label="Convergences")


@dataclass(frozen=True, slots=True)
class About:
    """What an event is about: an agent (id and label), an organization, an application's slug; any may be absent."""

    subject_id: int | None = None
    subject_label: str = ""
    organization_id: int | None = None
    application: str = ""


def record(word: Word, *, actor: Actor, about: About | None = None, **details: Any) -> None:
    """Append one event. Call it inside the transaction of what it tells; sealing comes seconds later.

    `details` must be JSON values and never a secret. Raises `RuntimeError` outside a transaction: an event whose cause
    may roll back without it would lie.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event is written in the transaction of its cause")
    about = about or About()
    AuditEvent.objects.create(
        at=clock.now(),
        action=word.value,
        actor_id=actor.agent_id,
        actor_label=actor.label[:200],
        subject_id=about.subject_id,
        subject_label=about.subject_label[:200],
        organization_id=about.organization_id,
        application=about.application,
        details=details,
        address=actor.address[:45],
        browser=actor.browser[:80],
        search_text=searchable(f"{actor.label} {about.subject_label}")[:420],
    )
