"""Where facts are read: one statement for any number of (membership, application) pairs.

Written in SQL because a pair joins rooms that do not know one another, and because it is asked at each entrance of each
application: building the same query with the ORM costs ten times what the database spends on it.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from convergences.admission import people
from convergences.admission.facts import COLUMNS, OF_VISIT, Candidate, Facts, VisitFacts, of_pair, of_visit
from convergences.foundations.clock import day_of
from convergences.foundations.sql import statements
from convergences.foundations.sql.one_text import one_text

BATCH = 2000

_FACTS = one_text(list(COLUMNS.values()))
UNDER_VISIT = one_text(list(OF_VISIT.values()))
_RIGHTS = """
    LEFT JOIN catalog_opening w ON w.application_id = p.id AND w.organization_id = m.organization_id
    LEFT JOIN catalog_pilot t ON t.application_id = p.id AND t.agent_id = a.id
    LEFT JOIN catalog_subscription s ON s.application_id = p.id AND s.organization_id = m.organization_id
    LEFT JOIN entitlements_entitlement e
        ON e.membership_id = m.id AND e.application_id = p.id AND e.closed_at IS NULL
"""
_AT_EMPLOYER = f"""
    SELECT {_FACTS}, {people.TEXT}
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
_OF_AGENT = f"SELECT {_FACTS} {_FROM_ANY_EMPLOYER} WHERE a.id = %s {_ORDER}"
_AT_EACH_EMPLOYER = f"""
    SELECT {_FACTS}, {people.TEXT} {_FROM_ANY_EMPLOYER} {people.JOIN} WHERE a.id = %s AND p.id = %s {_ORDER}
"""
_UNDER_MEMBERSHIP = f"""
    SELECT {_FACTS}
    FROM directory_membership m
    JOIN directory_agent a ON a.id = m.agent_id
    JOIN directory_organization o ON o.id = m.organization_id
    CROSS JOIN catalog_application p
    {_RIGHTS}
    WHERE m.id = %s
"""  # noqa: S608 - made of the constants above


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
    SELECT {UNDER_VISIT} {_FROM_VISITS} WHERE v.end_requested_at IS NULL AND ({_BEYOND_DOUBT}) IS NOT TRUE
"""

# For `leading`: beneath a visit to which the rows of another room may lead.
BENEATH_VISIT_LED_TO = _beneath("LEFT")


def at_employer(agent_id: int, application_id: int, organization_id: int) -> Candidate | None:
    """Return the facts of one agent, one application, one employer; None when agent or application does not exist."""
    return next(iter(_candidates(_AT_EMPLOYER, [organization_id, agent_id, application_id])), None)


def at_each_employer(agent_id: int, application_id: int) -> list[Candidate]:
    """Return the facts of one agent and one application, for each employer (or one without any)."""
    return _candidates(_AT_EACH_EMPLOYER, [agent_id, application_id])


def of_agent(agent_id: int) -> list[Facts]:
    """Return the facts of one agent for every application and every employer, in the catalogue's order."""
    return [of_pair(text) for text in _texts(_OF_AGENT, [agent_id])]


def of_membership(membership_id: int) -> list[Facts]:
    """Return the facts of one membership for every application, in the catalogue's order."""
    return [of_pair(text) for text in _texts(_UNDER_MEMBERSHIP + _ORDER, [membership_id])]


def under_visits(now: dt.datetime) -> Iterator[VisitFacts]:
    """Yield the facts under each open visit of which one may doubt: every one that must end is among them."""
    instant = connection.ops.adapt_datetimefield_value(now)
    told = {"now": instant, "today": connection.ops.adapt_datefield_value(day_of(now))}
    for text in _texts(_IN_DOUBT, told):
        yield of_visit(text)


def _candidates(statement: str, parameters: list[int]) -> list[Candidate]:
    return [Candidate(of_pair(text), who) for text, who in statements.ask(statement, parameters)]


def _texts(statement: str, parameters: Sequence[int] | dict[str, Any]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(BATCH):
            yield from (text for (text,) in rows)
