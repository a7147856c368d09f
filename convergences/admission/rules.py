"""May this agent enter this application for this employer? The table, in the order in which it is asked.

Each rule is a predicate over facts, whose docstring is the rule in plain words. The first that does not hold gives the
reason; its sentence tells the agent what to do next. Tiles, every protocol, previews and the end of visits read this
table and nothing else.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from convergences.admission import sentences
from convergences.admission.contacts import Contacts
from convergences.admission.decisions import Reason, SessionAssurance
from convergences.admission.facts import Facts
from convergences.catalog.models import Assurance
from convergences.directory.models import AgentState

FRESH = dt.timedelta(minutes=5)


def agent_is_active(facts: Facts, _today: dt.date) -> bool:
    """The agent has made their first visit, and their account is neither suspended nor deleted."""
    return facts.agent_state == AgentState.ACTIVE


def membership_is_current(facts: Facts, today: dt.date) -> bool:
    """The agent works for this employer today: accepted, begun, not over (the last day included), not suspended."""
    if facts.membership_id is None or facts.membership_starts_on is None:
        return False
    return (
        facts.membership_confirmed
        and not facts.membership_closed
        and not facts.membership_suspended
        and is_within(today, facts.membership_starts_on, facts.membership_ends_on)
    )


def organization_is_active(facts: Facts, _today: dt.date) -> bool:
    """The centre still counts this employer among its own."""
    return facts.organization_active


def organization_is_subscribed(facts: Facts, today: dt.date) -> bool:
    """The employer has a current subscription, or an affiliation that is served without asking."""
    return facts.offer.is_subscribed(today)


def right_has_a_seat(facts: Facts, today: dt.date) -> bool:
    """Where the current subscription limits seats, the right holds one of them: its number is within the limit.

    One comparison, whatever the number of agents: seats are numbered when rights are given.
    """
    limit = facts.offer.seat_limit(today)
    if limit is None or not is_entitled(facts, today):
        return True  # without a right, that is what the agent is told
    return facts.seat is not None and facts.seat <= limit


def application_has_opened(facts: Facts, today: dt.date) -> bool:
    """The day of the employer's wave, else of the application, has come in Paris; pilots do not wait, and while the
    application is on trial they alone enter. (A draft or a closed one is the next rule's.)
    """
    return facts.offer.is_withdrawn() or facts.offer.has_opened(today)


def application_is_offered(facts: Facts, _today: dt.date) -> bool:
    """The application is neither a draft nor closed."""
    return not facts.offer.is_withdrawn()


def is_entitled(facts: Facts, today: dt.date) -> bool:
    """A référent has given this membership a right on this application, current today, its last day included."""
    starts_on = facts.entitlement_starts_on
    return starts_on is not None and is_within(today, starts_on, facts.entitlement_ends_on)


def is_within(today: dt.date, first: dt.date, last: dt.date | None) -> bool:
    """The day is between two days, both included; no last day: no end."""
    return first <= today and (last is None or today <= last)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table."""

    reason: Reason
    sentence: Callable[[Facts, Contacts], str]
    holds: Callable[[Facts, dt.date], bool]


RULES = (
    Rule(Reason.AGENT_INACTIVE, sentences.agent_inactive, agent_is_active),
    Rule(Reason.MEMBERSHIP_OVER, sentences.membership_over, membership_is_current),
    Rule(Reason.ORGANIZATION_INACTIVE, sentences.organization_inactive, organization_is_active),
    Rule(Reason.NOT_SUBSCRIBED, sentences.not_subscribed, organization_is_subscribed),
    Rule(Reason.NO_SEAT, sentences.no_seat, right_has_a_seat),
    Rule(Reason.NOT_OPEN_YET, sentences.not_open_yet, application_has_opened),
    Rule(Reason.APPLICATION_CLOSED, sentences.application_closed, application_is_offered),
    Rule(Reason.NOT_ENTITLED, sentences.not_entitled, is_entitled),
)


def broken(facts: Facts, today: dt.date) -> Rule | None:
    """Return the first rule that does not hold, or None: all that is left to ask is how strong the session is."""
    for rule in RULES:
        if not rule.holds(facts, today):
            return rule
    return None


def is_strong_enough(facts: Facts, assurance: SessionAssurance, *, now: dt.datetime) -> bool:
    """The session proved what the application asks: a password; a second factor; one of 5 minutes ago at most.

    A remembered device stands for a second factor where the application's sheet says so, for a fresh one nowhere.
    """
    proved_at = assurance.second_factor_at
    if facts.assurance == Assurance.FRESH_SECOND_FACTOR:
        return proved_at is not None and now - proved_at <= FRESH
    return still_strong_enough(facts, second_factor=proved_at is not None, remembered=assurance.remembered)


def still_strong_enough(facts: Facts, *, second_factor: bool, remembered: bool) -> bool:
    """For a visit that goes on: freshness was proved at the door and is not asked again, the second factor is.

    Nor does a remembered device let go on what it could not let in.
    """
    if facts.assurance == Assurance.PASSWORD or second_factor:
        return True
    return remembered and facts.remembers_devices and facts.assurance == Assurance.SECOND_FACTOR
