"""The one decision: may this agent enter this application now? Every door asks it, and nothing else decides."""

import datetime as dt
from collections.abc import Sequence

from convergences.admission import sources
from convergences.admission.contacts import contacts_at
from convergences.admission.decisions import (
    ChooseEmployer,
    Decision,
    Enter,
    Reason,
    Refuse,
    SessionAssurance,
    SignIn,
    StepUp,
)
from convergences.admission.facts import Candidate, Facts
from convergences.admission.leading import Under, under_visit
from convergences.admission.models import EmployerChoice, Visit
from convergences.admission.rules import RULES, Rule, broken, is_strong_enough, still_strong_enough
from convergences.authentication.models import Session
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership, Organization
from convergences.foundations import clock
from convergences.foundations.sql.prepared import Prepared, given
from convergences.foundations.text import french

_WHOLE = Membership.objects.select_related("agent", "agent__photo", "organization")
_CHOICE = Prepared(
    lambda: EmployerChoice.objects.filter(agent_id=given("agent_id"), application_id=given("application_id"))
)


def decide(
    agent: Agent, application: Application, organization: Organization, *, now: dt.datetime, assurance: SessionAssurance
) -> Enter | Refuse | StepUp:
    """Say whether this agent enters this application for this employer at this instant, and if not why and whom to ask.

    Whatever the objects given hold, the facts are read anew, in one statement, however many agents, organizations and
    rights there are; a refusal needs one or two more, for whom it names.
    """
    candidate = sources.at_employer(agent.pk, application.pk, organization.pk)
    if candidate is None:
        raise ValueError("no such agent or application")
    return conclude(candidate, now=now, assurance=assurance)


def decide_for_session(
    session: Session | None, application: Application, *, organization: Organization | None = None
) -> Decision:
    """Say what this session must do to enter this application: sign in, step up, choose an employer, or enter.

    Among several employers: the one asked for, else the only one for which the agent may enter, else the one they have
    chosen for this application, else they are asked.
    """
    now = clock.now()
    if session is None or not _is_alive(session, now):
        return SignIn()
    assurance = SessionAssurance.of(session)
    if organization is not None:
        return decide(session.agent, application, organization, now=now, assurance=assurance)
    found = sources.at_each_employer(session.agent_id, application.pk)
    open_to = [each for each in found if broken(each.facts, clock.day_of(now)) is None]
    if len(open_to) > 1:
        chosen = _chosen(session.agent_id, application.pk)
        open_to = [each for each in open_to if each.facts.membership_id == chosen] or open_to
    if len(open_to) > 1:
        return ChooseEmployer(_memberships(open_to))
    return conclude(open_to[0] if open_to else _nearest(found, now), now=now, assurance=assurance)


def decide_for_visit(visit: Visit, *, now: dt.datetime) -> Enter | Refuse | SignIn | StepUp:
    """Say whether an open visit may go on: the same table, for its own membership, while its session lives.

    Asked at each refresh and each reading of claims. How recent the second factor is was asked at the door, and is not
    asked again. A visit of which anything but `Enter` is said is one of `queries.visits_to_end`.
    """
    return decide_under(under_visit(visit.pk, now), now=now)


def decide_under(under: Under | None, *, now: dt.datetime) -> Enter | Refuse | SignIn | StepUp:
    """Say the same of the visit to which a statement of another room has led (`leading`), at this very instant."""
    found = wanting(under, now=now)
    if under is None or isinstance(found, SignIn):
        return SignIn()
    if isinstance(found, Rule):
        return _refuse(under.visit.facts, found)
    return found or Enter(under.membership(), under.visit.facts.roles)


def wanting(under: Under | None, *, now: dt.datetime) -> Rule | SignIn | StepUp | None:
    """Say what keeps a visit from going on, if anything: as `decide_under`, without who it is nor whom to ask."""
    if under is None or under.visit.session_over:
        return SignIn()
    visit = under.visit
    rule = broken(visit.facts, clock.day_of(now))
    if rule is not None:
        return rule
    strong = still_strong_enough(visit.facts, second_factor=visit.second_factor, remembered=visit.remembered)
    return None if strong else StepUp(visit.facts.assurance)


def conclude(candidate: Candidate, *, now: dt.datetime, assurance: SessionAssurance) -> Enter | Refuse | StepUp:
    """Say what these facts, read at this instant, allow: the table, then the strength of the session."""
    facts = candidate.facts
    rule = broken(facts, clock.day_of(now))
    if rule is not None:
        return _refuse(facts, rule)
    if not is_strong_enough(facts, assurance, now=now):
        return StepUp(facts.assurance)
    return Enter(candidate.membership(), facts.roles)


def _refuse(facts: Facts, rule: Rule) -> Refuse:
    # Of an employer where this agent has no membership, nothing is told: neither its name nor its référents (rule 1).
    organization = Organization.objects.filter(pk=facts.organization_id).first() if facts.organization_id else None
    contacts = contacts_at(organization, agent_id=facts.agent_id)
    return Refuse(
        reason=rule.reason,
        sentence=french(rule.sentence(facts, contacts)),
        referents=contacts.referents,
        organization=organization,
        correspondent=contacts.correspondent,
    )


def _memberships(found: Sequence[Candidate]) -> tuple[Membership, ...]:
    return tuple(
        _WHOLE.filter(pk__in=[each.facts.membership_id for each in found]).order_by("organization__name", "pk")
    )


def _chosen(agent_id: int, application_id: int) -> int | None:
    choice = _CHOICE.first(agent_id=agent_id, application_id=application_id)
    return choice.membership_id if choice else None


def _nearest(found: Sequence[Candidate], now: dt.datetime) -> Candidate:
    """Return the facts of the employer whose refusal comes last in the table: the one that least is missing for."""
    order = [rule.reason for rule in RULES]
    today = clock.day_of(now)

    def progress(candidate: Candidate) -> int:
        rule = broken(candidate.facts, today)
        return order.index(rule.reason if rule else Reason.NOT_ENTITLED)

    return max(found, key=progress)


def _is_alive(session: Session, now: dt.datetime) -> bool:
    return session.ended_at is None and now < session.idle_at and now < session.expires_at
