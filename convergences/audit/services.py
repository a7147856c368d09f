"""Writing to the journal, in the caller's own transaction."""

from collections.abc import Iterable
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


_AT_ONCE = 500


def record(word: Word, *, actor: Actor, about: About | None = None, **details: Any) -> None:
    """Append one event. Call it inside the transaction of what it tells; sealing comes seconds later.

    `details` must be JSON values and never a secret. Raises `RuntimeError` outside a transaction: an event whose cause
    may roll back without it would lie.
    """
    _check_atomic()
    _event(word, actor, about or About(), details).save(force_insert=True)


def record_each(word: Word, told: Iterable[tuple[About, dict[str, Any]]], *, actor: Actor) -> int:
    """Append one event for each thing told, about whom and its details, and return how many; as `record` does.

    For acts on thousands of agents: a statement for five hundred of them.
    """
    _check_atomic()
    return len(
        AuditEvent.objects.bulk_create(
            [_event(word, actor, about, details) for about, details in told], batch_size=_AT_ONCE
        )
    )


def _check_atomic() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event is written in the transaction of its cause")


def _event(word: Word, actor: Actor, about: About, details: dict[str, Any]) -> AuditEvent:
    return AuditEvent(
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
