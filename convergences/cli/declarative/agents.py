"""The section `agents`: who they are and what the centre gives them. Where they work is in `memberships`."""

from typing import Any

from convergences.authentication.models import Password
from convergences.authentication.services import passwords
from convergences.cli.declarative import memberships
from convergences.cli.declarative.entries import AgentEntry, MembershipEntry
from convergences.cli.declarative.run import Item, Run
from convergences.directory import queries
from convergences.directory.details import AgentDetails
from convergences.directory.models import Agent, AgentState, Role
from convergences.directory.services import agents, staff
from convergences.directory.services import memberships as verbs
from convergences.directory.staff import staff_roles_given_to

IDENTITY = ("civility", "given_name", "family_name", "phone")
_GONE = (AgentState.DELETED, AgentState.ERASED)


def bring(run: Run) -> None:
    """Create and modify agents, their attachments and their rights. A new account is not told by mail what it holds."""
    for item in run.items("agents"):
        with run.applying(item):
            _bring(run, item)


def values(agent: Agent) -> dict[str, Any]:
    """Return what a file says of who an agent is, but the address."""
    return {name: getattr(agent, name) for name in IDENTITY}


def _bring(run: Run, item: Item[AgentEntry]) -> None:
    agent = queries.by_email(item.entry.email)
    new = agent is None or agent.state in _GONE
    if agent is not None and not new:
        _correct(run, item, agent)
    for index, entry in enumerate(item.entry.memberships):
        inside = item.inside(entry, "memberships", index)
        with run.applying(inside):
            agent = _bring_membership(run, item, inside, agent)
    if agent is None:  # every attachment was refused, and said so
        return
    _bring_staff_roles(run, item, agent)
    _bring_password(run, item, agent)
    _bring_state(run, item, agent, new=new)


def _correct(run: Run, item: Item[AgentEntry], agent: Agent) -> None:
    before = values(agent)
    agents.correct(agent, _details(item, before), actor=run.actor)
    agent.refresh_from_db()
    run.plan.changed("agent", item.entry.email, before, values(agent))


def _details(item: Item[AgentEntry], present: dict[str, Any], **where: Any) -> AgentDetails:
    wanted = item.merged(present)
    identity: dict[str, Any] = {name: wanted[name] or "" for name in IDENTITY}
    return AgentDetails(email=item.entry.email, **identity, **where)


def _bring_membership(run: Run, item: Item[AgentEntry], inside: Item[MembershipEntry], agent: Agent | None) -> Agent:
    present = values(agent) if agent else {}

    def details(**where: Any) -> AgentDetails:
        return _details(item, present, **where)

    if agent is None:
        run.plan.created("agent", f"{item.entry.email} : {item.entry.given_name} {item.entry.family_name}")
    return memberships.bring(run, inside, details=details, agent=agent).agent


def _bring_staff_roles(run: Run, item: Item[AgentEntry], agent: Agent) -> None:
    if "staff_roles" not in item.entry.model_fields_set:
        return
    held = sorted(staff_roles_given_to(agent))
    wanted = sorted(set(item.entry.staff_roles))
    for role in set(wanted) - set(held):
        staff.grant_role(agent, Role(role), actor=run.actor)
    for role in set(held) - set(wanted):
        staff.revoke_role(agent, Role(role), actor=run.actor)
    run.plan.changed("agent", item.entry.email, {"staff_roles": held}, {"staff_roles": wanted})


def _bring_password(run: Run, item: Item[AgentEntry], agent: Agent) -> None:
    """Give a first password. One that is there is the agent's own: no file replaces it (ASVS 6.4.6)."""
    if item.entry.password is None or Password.objects.filter(agent=agent).exists():
        return
    passwords.store_checked(agent, item.secret(item.entry.password, "password"), field="password")
    run.plan.created("password", item.entry.email)


def _bring_state(run: Run, item: Item[AgentEntry], agent: Agent, *, new: bool) -> None:
    before = agent.state
    wanted = item.entry.state or (AgentState.ACTIVE if item.entry.password else None)
    if wanted in {AgentState.ACTIVE, AgentState.SUSPENDED} and agent.state == AgentState.INVITED:
        agent = agents.activate(agent, actor=run.actor)
    for membership in queries.open_memberships(agent) if item.entry.state and agent.state != wanted else ():
        if wanted == AgentState.SUSPENDED and membership.suspended_at is None:
            verbs.suspend(membership, reason=memberships.REASON, actor=run.actor)
        if wanted == AgentState.ACTIVE and membership.suspended_at is not None:
            verbs.reactivate(membership, actor=run.actor)
    if wanted and not new:
        agent.refresh_from_db()
        run.plan.changed("agent", item.entry.email, {"state": before}, {"state": agent.state})
