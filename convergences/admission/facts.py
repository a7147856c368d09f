"""All that the one decision looks at, read in one statement for any number of (membership, application) pairs.

Written in SQL because a pair joins rooms that do not know one another, and because it is asked at each entrance of each
application: building the same query with the ORM costs ten times what the database spends on it.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from convergences.admission import people
from convergences.catalog.models import Assurance
from convergences.catalog.offers import Contract, Offer, covers
from convergences.directory.models import Membership
from convergences.foundations.clock import day_of

BATCH = 2000


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
    """The facts of one employer for whom an agent may perhaps enter, and the columns of who they are (`people`)."""

    facts: Facts
    columns: Sequence[Any]

    def membership(self) -> Membership:
        """Return whom the facts are about; only of an agent who has a membership there."""
        return people.membership(self.columns)


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """The facts under an open visit, and what has become of its session."""

    visit_id: int
    session_over: bool
    second_factor: bool
    remembered: bool
    facts: Facts
    level: str
    written_factors: Any

    @property
    def factors(self) -> tuple[str, ...]:
        """What was proved in the session, in the words of RFC 8176."""
        return _json(self.written_factors)


_COLUMNS = """
    a.id AS agent_id, a.state AS agent_state,
    m.id AS membership_id, m.closed_at IS NOT NULL AS membership_closed,
    m.confirmed_at IS NOT NULL AS membership_confirmed, m.suspended_at IS NOT NULL AS membership_suspended,
    m.starts_on AS membership_starts_on, m.ends_on AS membership_ends_on,
    o.id AS organization_id, o.name AS organization_name, o.active AS organization_active, o.affiliation AS affiliation,
    p.id AS application_id, p.name AS application_name, p.assurance AS assurance,
    p.remembers_devices AS remembers_devices, p.status AS status, p.affiliations AS affiliations,
    p.opens_on AS opens_on, w.opens_on AS wave_opens_on, t.id AS pilot_id,
    s.starts_on AS contract_starts_on, s.ends_on AS contract_ends_on, s.seats AS seats,
    e.id AS entitlement_id, e.starts_on AS entitlement_starts_on, e.ends_on AS entitlement_ends_on,
    e.seat AS seat, e.roles AS roles
"""
_RIGHTS = """
    LEFT JOIN catalog_opening w ON w.application_id = p.id AND w.organization_id = m.organization_id
    LEFT JOIN catalog_pilot t ON t.application_id = p.id AND t.agent_id = a.id
    LEFT JOIN catalog_subscription s ON s.application_id = p.id AND s.organization_id = m.organization_id
    LEFT JOIN entitlements_entitlement e
        ON e.membership_id = m.id AND e.application_id = p.id AND e.closed_at IS NULL
"""
_AT_EMPLOYER = f"""
    SELECT {_COLUMNS}, {people.COLUMNS}
    FROM directory_agent a
    CROSS JOIN catalog_application p
    LEFT JOIN directory_membership m ON m.agent_id = a.id AND m.closed_at IS NULL AND m.organization_id = %s
    LEFT JOIN directory_organization o ON o.id = m.organization_id
    {_RIGHTS}
    {people.JOIN}
    WHERE a.id = %s AND p.id = %s
"""  # noqa: S608 - made of the constants above
_FROM_ANY_EMPLOYER = f"""
    FROM directory_agent a
    CROSS JOIN catalog_application p
    LEFT JOIN directory_membership m ON m.agent_id = a.id AND m.closed_at IS NULL
    LEFT JOIN directory_organization o ON o.id = m.organization_id
    {_RIGHTS}
"""
_ORDER = " ORDER BY p.position, p.name, p.id, o.name, m.id"
_OF_AGENT = f"SELECT {_COLUMNS} {_FROM_ANY_EMPLOYER} WHERE a.id = %s {_ORDER}"
_AT_EACH_EMPLOYER = f"""
    SELECT {_COLUMNS}, {people.COLUMNS} {_FROM_ANY_EMPLOYER} {people.JOIN} WHERE a.id = %s AND p.id = %s {_ORDER}
"""
_UNDER_MEMBERSHIP = f"""
    SELECT {_COLUMNS}
    FROM directory_membership m
    JOIN directory_agent a ON a.id = m.agent_id
    JOIN directory_organization o ON o.id = m.organization_id
    CROSS JOIN catalog_application p
    {_RIGHTS}
    WHERE m.id = %s
"""  # noqa: S608 - made of the constants above
_OF_VISIT = f"""
    v.id AS visit_id, (c.ended_at IS NOT NULL OR c.idle_at <= %(now)s OR c.expires_at <= %(now)s) AS session_over,
    c.second_factor_at IS NOT NULL AS second_factor, c.remembered_device_id IS NOT NULL AS remembered,
    c.level AS level, c.factors AS factors, {_COLUMNS}
"""


def _beneath(how: str) -> str:
    return f"""
        {how} JOIN authentication_session c ON c.id = v.session_id
        {how} JOIN directory_membership m ON m.id = v.membership_id
        {how} JOIN directory_agent a ON a.id = m.agent_id
        {how} JOIN directory_organization o ON o.id = m.organization_id
        {how} JOIN catalog_application p ON p.id = v.application_id
        {_RIGHTS}
    """


_FROM_VISITS = f"FROM admission_visit v {_beneath('')}"
# What stands beyond doubt, whatever the table of rules: most visits, which Python need not look at again every second.
# No second table: a visit that this leaves out is one that the rules let be (`tests/admission/test_agreement.py`), and
# whatever it cannot say (trials, pilots, an unknown) is judged by them.
_BEYOND_DOUBT = """
    c.ended_at IS NULL AND c.idle_at > %(now)s AND c.expires_at > %(now)s
    AND a.state = 'active' AND o.active AND p.status = 'open'
    AND (p.assurance = 'password' OR c.second_factor_at IS NOT NULL
        OR (p.assurance = 'second_factor' AND p.remembers_devices AND c.remembered_device_id IS NOT NULL))
    AND m.closed_at IS NULL AND m.confirmed_at IS NOT NULL AND m.suspended_at IS NULL
    AND m.starts_on <= %(today)s AND (m.ends_on IS NULL OR m.ends_on >= %(today)s)
    AND COALESCE(w.opens_on, p.opens_on, %(today)s) <= %(today)s
    AND e.starts_on <= %(today)s AND (e.ends_on IS NULL OR e.ends_on >= %(today)s)
    AND CASE WHEN s.id IS NULL THEN CAST(p.affiliations AS TEXT) LIKE '%%"' || o.affiliation || '"%%'
        ELSE s.starts_on <= %(today)s AND (s.ends_on IS NULL OR s.ends_on >= %(today)s)
            AND (s.seats IS NULL OR e.seat <= s.seats) END
"""
_IN_DOUBT = f"""
    SELECT {_OF_VISIT} {_FROM_VISITS} WHERE v.end_requested_at IS NULL AND ({_BEYOND_DOUBT}) IS NOT TRUE
"""

# For `leading`: the same of a visit to which the rows of another room may lead.
OF_VISIT_LED_TO = _OF_VISIT
BENEATH_VISIT_LED_TO = _beneath("LEFT")


def at_employer(agent_id: int, application_id: int, organization_id: int) -> Candidate | None:
    """Return the facts of one agent, one application, one employer; None when agent or application does not exist."""
    return next(iter(_candidates(_AT_EMPLOYER, [organization_id, agent_id, application_id])), None)


def at_each_employer(agent_id: int, application_id: int) -> list[Candidate]:
    """Return the facts of one agent and one application, for each employer (or one without any)."""
    return _candidates(_AT_EACH_EMPLOYER, [agent_id, application_id])


def of_agent(agent_id: int) -> list[Facts]:
    """Return the facts of one agent for every application and every employer, in the catalogue's order."""
    return [_facts(row) for row in _rows(_OF_AGENT, [agent_id])]


def of_membership(membership_id: int) -> list[Facts]:
    """Return the facts of one membership for every application, in the catalogue's order."""
    return [_facts(row) for row in _rows(_UNDER_MEMBERSHIP + _ORDER, [membership_id])]


def under_visits(now: dt.datetime) -> Iterator[VisitFacts]:
    """Yield the facts under each open visit of which one may doubt: every one that must end is among them."""
    instant = connection.ops.adapt_datetimefield_value(now)
    told = {"now": instant, "today": connection.ops.adapt_datefield_value(day_of(now))}
    for row in _rows(_IN_DOUBT, told):
        yield visit_facts(row)


def _candidates(statement: str, parameters: list[int]) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description[: -people.NUMBER]]
        rows = cursor.fetchall()
    return [Candidate(_facts(dict(zip(names, row, strict=False))), row[-people.NUMBER :]) for row in rows]


def _rows(statement: str, parameters: Sequence[str | int | None] | dict[str, Any]) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield dict(zip(names, row, strict=True))


def visit_facts(row: dict[str, Any]) -> VisitFacts:
    """Return the facts under the visit that a row describes."""
    strength = bool(row["second_factor"]), bool(row["remembered"])
    return VisitFacts(row["visit_id"], bool(row["session_over"]), *strength, _facts(row), row["level"], row["factors"])


def _facts(row: dict[str, Any]) -> Facts:
    return Facts(
        agent_id=row["agent_id"],
        agent_state=row["agent_state"],
        membership_id=row["membership_id"],
        membership_closed=bool(row["membership_closed"]),
        membership_confirmed=bool(row["membership_confirmed"]),
        membership_suspended=bool(row["membership_suspended"]),
        membership_starts_on=row["membership_starts_on"],
        membership_ends_on=row["membership_ends_on"],
        organization_id=row["organization_id"],
        organization_name=row["organization_name"],
        organization_active=bool(row["organization_active"]),
        application_id=row["application_id"],
        application_name=row["application_name"],
        assurance=Assurance(row["assurance"]),
        remembers_devices=bool(row["remembers_devices"]),
        offer=_offer(row),
        entitlement_id=row["entitlement_id"],
        entitlement_starts_on=row["entitlement_starts_on"],
        entitlement_ends_on=row["entitlement_ends_on"],
        seat=row["seat"],
        roles=_json(row["roles"]),
    )


def _offer(row: dict[str, Any]) -> Offer:
    starts_on = row["contract_starts_on"]
    return Offer(
        status=row["status"],
        covered=covers(_json(row["affiliations"]), row["affiliation"]),
        opens_on=row["wave_opens_on"] or row["opens_on"],
        contract=Contract(starts_on, row["contract_ends_on"], row["seats"]) if starts_on else None,
        pilot=row["pilot_id"] is not None,
    )


def _json(value: Any) -> tuple[str, ...]:
    # Raw statements give JSON columns as the driver does: text on SQLite, text or values on PostgreSQL.
    return _parsed(value) if isinstance(value, str) else tuple(value or ())


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[str, ...]:
    """Few lists of roles and affiliations exist; the same are read for every visit."""
    return tuple(json.loads(text))
