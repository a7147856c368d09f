"""What happened to one's own account, in words."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from convergences.audit import queries as audit
from convergences.audit.models import AuditEvent
from convergences.authentication.actions import Action
from convergences.catalog import queries as catalog
from convergences.directory.models import Agent
from convergences.foundations.text import listed

HOW = (  # by words of RFC 8176, the first that are all there
    ({"pwd", "pop"}, "mot de passe et clé d’accès"),
    ({"pwd", "otp", "mfa"}, "mot de passe et application de codes"),
    ({"pwd", "otp"}, "mot de passe et code de secours"),
    ({"pwd", "mail"}, "mot de passe et code reçu par e-mail"),
    ({"pop"}, "clé d’accès"),
)
KINDS = {
    "totp": "application de codes",
    "passkey": "clé d’accès",
    "passkey_unverified": "clé d’accès",
    "recovery_code": "code de secours",
    "mail": "code reçu par e-mail",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to the account, as its owner reads it."""

    at: dt.datetime
    label: str
    more: str
    by: str
    browser: str


def entries(agent: Agent, events: Sequence[AuditEvent]) -> list[Entry]:
    """Return the events in words; in one query however many there are."""
    names = catalog.names_of(event.application for event in events if event.application)
    return [
        Entry(
            at=event.at,
            label=audit.label_of(event.action)[0],
            more=_more(event, names),
            by="" if event.actor_id == agent.pk or event.actor_id is None else f"par {event.actor_label}",
            # Where a référent or the centre was is theirs: the agent reads their own browsers only.
            browser=event.browser if event.actor_id in {None, agent.pk} else "",
        )
        for event in events
    ]


def _more(event: AuditEvent, names: dict[str, str]) -> str:
    details: dict[str, Any] = event.details if isinstance(event.details, dict) else {}
    roles = listed([str(role) for role in details.get("roles") or []])
    parts = (names.get(event.application, event.application), roles, _named(event, details), _how(event, details))
    return ", ".join(part for part in parts if part)


def _named(event: AuditEvent, details: dict[str, Any]) -> str:
    """Return the name of the factor or the device in question, if the event is about one."""
    if not event.action.startswith("authentication."):
        return ""
    return str(details.get("name") or details.get("where") or "")


def _how(event: AuditEvent, details: dict[str, Any]) -> str:
    if event.action == Action.STEPPED_UP.value:
        return KINDS.get(str(details.get("kind")), "")
    if event.action != Action.SIGNED_IN.value:
        return ""
    words: Iterable[str] = details.get("factors") or ()
    return next((said for needed, said in HOW if needed <= set(words)), "")
