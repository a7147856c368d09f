"""Who acts, checked where the write is: a page that forgets its own guard changes nothing."""

import datetime as dt

from convergences.audit.services import Actor
from convergences.directory import queries, rules, staff
from convergences.directory.errors import ForTheCentre, LastReferent, NotManaged, NotYours, OwnAccount
from convergences.directory.models import Agent, Membership, Organization, Role


def acting_agent(actor: Actor) -> Agent | None:
    """Return the agent who acts, or None for the system and operators; raises `NotManaged` for an unknown one."""
    if actor.agent_id is None:
        return None
    found = Agent.objects.filter(pk=actor.agent_id).first()
    if found is None:
        raise NotManaged
    return found


def check_manages(actor: Actor, organization: Organization) -> None:
    """Raise `NotManaged` unless the actor is a référent of this organization today, or acts for the centre."""
    agent = acting_agent(actor)
    if agent is None or rules.may_manage(agent, organization) or rules.has_role(agent, Role.CORRESPONDENT):
        return
    raise NotManaged


def check_modifies(actor: Actor, membership: Membership) -> None:
    """Raise `NotManaged`, or `OwnAccount` for a référent on themself."""
    check_manages(actor, membership.organization)
    _check_not_self(actor, membership)


def check_removes(actor: Actor, membership: Membership) -> None:
    """Raise `NotManaged`, `LastReferent` or `OwnAccount`: what stands against taking a member's accesses away."""
    check_manages(actor, membership.organization)
    check_keeps_a_referent(actor, membership)
    _check_not_self(actor, membership)


def _check_not_self(actor: Actor, membership: Membership) -> None:
    if actor.agent_id is not None and actor.agent_id == membership.agent_id:
        others = [m for m in queries.referents_of(membership.organization_id) if m.agent_id != actor.agent_id]
        raise OwnAccount(others[0] if others else None, staff.contact_named(membership.organization))


def check_keeps_a_referent(actor: Actor, membership: Membership, *, beyond: dt.date | None = None) -> None:
    """Raise `LastReferent` when a référent's act would leave none (DOMAIN, rule 3), now or `beyond` a date.

    Hold the organization's lock: two référents who remove each other would otherwise both find the other in place.
    """
    if rules.is_last_referent(membership, beyond=beyond) and not acts_for_the_centre(actor, Role.CORRESPONDENT):
        raise LastReferent(staff.contact_named(membership.organization))


def acts_for_the_centre(actor: Actor, role: Role) -> bool:
    """Say whether the actor is an operator, or holds this role at the centre."""
    agent = acting_agent(actor)
    return agent is None or rules.has_role(agent, role)


def check_centre(actor: Actor, role: Role) -> None:
    """Raise `ForTheCentre` unless the actor is an operator, or holds this role at the centre."""
    if not acts_for_the_centre(actor, role):
        raise ForTheCentre


def check_self(actor: Actor, agent_id: int) -> None:
    """Raise `NotYours` unless the actor is this agent."""
    if actor.agent_id != agent_id:
        raise NotYours
