"""All that the one decision looks at. A statement brings it as one text (`sources`, `leading`), which is read here.

The same text says the same, so what was read of it may be given again: whatever changes in a row is another text.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from convergences.admission import people
from convergences.catalog.models import Assurance
from convergences.catalog.offers import Contract, Offer, covers
from convergences.directory.models import Membership
from convergences.foundations.sql.one_text import from_json, values

# Agents at work at once in one process; beyond, the oldest are read again.
KEPT = 5000


class Facts(NamedTuple):
    """One agent, one application, and one employer if there is one: `membership_id` is None for who has none.

    Facts only: what they allow is said by `rules`. A tuple, since one is made for each open visit at each round.
    """

    agent_id: int
    agent_state: str
    membership_id: int | None
    membership_closed: bool
    membership_confirmed: bool
    membership_suspended: bool
    membership_starts_on: dt.date | None
    membership_ends_on: dt.date | None
    organization_id: int | None
    organization_name: str | None
    organization_active: bool
    application_id: int
    application_name: str
    assurance: Assurance
    remembers_devices: bool
    offer: Offer
    entitlement_id: int | None
    entitlement_starts_on: dt.date | None
    entitlement_ends_on: dt.date | None
    seat: int | None
    roles: tuple[str, ...]


class Candidate(NamedTuple):
    """The facts of one employer for whom an agent may perhaps enter, and who they are, as written (`people`)."""

    facts: Facts
    who: str

    def membership(self) -> Membership:
        """Return whom the facts are about; only of an agent who has a membership there."""
        return people.membership(self.who)


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """The facts under an open visit, and what has become of its session."""

    visit_id: int
    session_over: bool
    second_factor: bool
    remembered: bool
    facts: Facts
    level: str
    factors: tuple[str, ...]
    """What was proved in the session, in the words of RFC 8176."""


# What a text of facts is made of, by the names that `_facts` gives it and the aliases of `sources`.
COLUMNS = {
    "agent_id": "a.id",
    "agent_state": "a.state",
    "membership_id": "m.id",
    "membership_closed": "m.closed_at IS NOT NULL",
    "membership_confirmed": "m.confirmed_at IS NOT NULL",
    "membership_suspended": "m.suspended_at IS NOT NULL",
    "membership_starts_on": "m.starts_on",
    "membership_ends_on": "m.ends_on",
    "organization_id": "o.id",
    "organization_name": "o.name",
    "organization_active": "o.active",
    "affiliation": "o.affiliation",
    "application_id": "p.id",
    "application_name": "p.name",
    "assurance": "p.assurance",
    "remembers_devices": "p.remembers_devices",
    "status": "p.status",
    "affiliations": "p.affiliations",
    "opens_on": "p.opens_on",
    "wave_opens_on": "w.opens_on",
    "pilot_id": "t.id",
    "contract_starts_on": "s.starts_on",
    "contract_ends_on": "s.ends_on",
    "seats": "s.seats",
    "entitlement_id": "e.id",
    "entitlement_starts_on": "e.starts_on",
    "entitlement_ends_on": "e.ends_on",
    "seat": "e.seat",
    "roles": "e.roles",
}
OF_VISIT = {
    "visit_id": "v.id",
    "session_over": "(c.ended_at IS NOT NULL OR c.idle_at <= %(now)s OR c.expires_at <= %(now)s)",
    "second_factor": "c.second_factor_at IS NOT NULL",
    "remembered": "c.remembered_device_id IS NOT NULL",
    "level": "c.level",
    "factors": "c.factors",
    **COLUMNS,
}


@lru_cache(maxsize=KEPT)
def of_pair(text: str) -> Facts:
    """Return the facts that `COLUMNS` bring."""
    return _facts(dict(zip(COLUMNS, values(text), strict=True)))


@lru_cache(maxsize=KEPT)
def of_visit(text: str) -> VisitFacts:
    """Return the facts under a visit that `OF_VISIT` bring."""
    row = dict(zip(OF_VISIT, values(text), strict=True))
    return VisitFacts(
        visit_id=row["visit_id"],
        session_over=bool(row["session_over"]),
        second_factor=bool(row["second_factor"]),
        remembered=bool(row["remembered"]),
        facts=_facts(row),
        level=row["level"],
        factors=_words(row["factors"]),
    )


def _facts(row: dict[str, Any]) -> Facts:
    return Facts(
        agent_id=row["agent_id"],
        agent_state=row["agent_state"],
        membership_id=row["membership_id"],
        membership_closed=bool(row["membership_closed"]),
        membership_confirmed=bool(row["membership_confirmed"]),
        membership_suspended=bool(row["membership_suspended"]),
        membership_starts_on=_day(row["membership_starts_on"]),
        membership_ends_on=_day(row["membership_ends_on"]),
        organization_id=row["organization_id"],
        organization_name=row["organization_name"],
        organization_active=bool(row["organization_active"]),
        application_id=row["application_id"],
        application_name=row["application_name"],
        assurance=Assurance(row["assurance"]),
        remembers_devices=bool(row["remembers_devices"]),
        offer=_offer(row),
        entitlement_id=row["entitlement_id"],
        entitlement_starts_on=_day(row["entitlement_starts_on"]),
        entitlement_ends_on=_day(row["entitlement_ends_on"]),
        seat=row["seat"],
        roles=_words(row["roles"]),
    )


def _offer(row: dict[str, Any]) -> Offer:
    starts_on = _day(row["contract_starts_on"])
    return Offer(
        status=row["status"],
        covered=covers(_words(row["affiliations"]), row["affiliation"]),
        opens_on=_day(row["wave_opens_on"] or row["opens_on"]),
        contract=Contract(starts_on, _day(row["contract_ends_on"]), row["seats"]) if starts_on else None,
        pilot=row["pilot_id"] is not None,
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _words(value: Any) -> tuple[str, ...]:
    # A JSON column within a text: a text of its own from SQLite, values from PostgreSQL; nothing where no row is.
    return _parsed(value) if isinstance(value, str) else tuple(value or ())


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[str, ...]:
    """Few lists of roles and affiliations exist; the same are read for every visit."""
    return tuple(from_json(text))
