"""Lines of the journal, in the words of the pages."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from convergences.audit.models import AuditEvent
from convergences.audit.queries import label_of
from convergences.catalog import queries as catalog
from convergences.directory.models import Agent
from convergences.foundations.text import NO_BREAK, day_in_words, listed
from convergences.web.wording.dates import short_moment

FIELDS = {
    "civility": "civilité",
    "given_name": "prénom",
    "family_name": "nom",
    "email": "adresse e-mail",
    "phone": "téléphone",
    "department": "service",
    "job_title": "fonction",
    "starts_on": "date d’arrivée",
    "ends_on": "date de départ",
    # An organization's own.
    "key": "clé",
    "siret": "SIRET",
    "name": "nom",
    "kind": "nature",
    "affiliation": "affiliation",
    "parent": "rattachement",
    "email_domains": "domaines d’adresses",
    "authority_title": "titre de l’autorité territoriale",
    "authority_name": "nom de l’autorité territoriale",
    "authority_email": "adresse e-mail de l’autorité territoriale",
    "authority_address": "adresse de l’autorité territoriale",
    "correspondent": "correspondant",
    "active": "activité",
    "merged_into": "employeur qui l’a absorbé",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, by whom, what, about whom, from which browser."""

    at: dt.datetime
    when: str
    actor: str
    mine: bool
    label: str
    icon: str
    more: str
    subject: str
    origin: str


def entries_of(events: Iterable[AuditEvent], reader: Agent) -> list[Entry]:
    """Return the lines of these events; one query for the names of all their applications."""
    listed_events = list(events)
    names = catalog.names_of({event.application for event in listed_events if event.application})
    return [_entry(event, reader, names) for event in listed_events]


def _entry(event: AuditEvent, reader: Agent, names: Mapping[str, str]) -> Entry:
    label, icon = label_of(event.action)
    return Entry(
        at=event.at,
        when=short_moment(event.at, hour=True),
        actor=event.actor_label,
        mine=event.actor_id == reader.pk,
        label=label,
        icon=icon,
        more=details_of(event, names),
        subject="" if event.subject_id == event.actor_id else event.subject_label,
        origin=event.browser,
    )


def details_of(event: AuditEvent, names: Mapping[str, str]) -> str:
    """Return the details of an event in the words of the pages; `names` are those of applications, by handle."""
    details: dict[str, Any] = event.details if isinstance(event.details, dict) else {}
    parts = [names.get(event.application, event.application)] if event.application else []
    if details.get("roles"):
        parts.append(listed([str(role) for role in details["roles"]]))
    if until := _day(details.get("until")):
        parts.append(f"jusqu’au {until}")
    if details.get("fields"):
        parts.append(listed([FIELDS.get(str(name), str(name)) for name in details["fields"]]))
    if event.action.startswith("directory.") and details.get("reason"):
        parts.append(str(details["reason"]))
    parts += [str(details[name]) for name in ("warrant", "correspondent", "replaced_by") if details.get(name)]
    if details.get("former") and details.get("new"):
        parts.append(f"{details['former']} devient {details['new']}")
    return ", ".join(part for part in parts if part)


def _day(value: Any) -> str:
    try:
        return day_in_words(dt.date.fromisoformat(str(value))).replace(NO_BREAK, " ") if value else ""
    except ValueError:
        return ""
