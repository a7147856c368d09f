"""An e-mail address as an identifier: to whom it leads, and how an account changes it.

The address that an employer types leads to an account that may exist already, for another employer. Nothing that the
employer sees may tell which (DOMAIN, rule 1; docs/decisions/0005-shared-agents.md).
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from convergences.directory import queries, rules
from convergences.directory.details import AgentDetails
from convergences.directory.errors import AlreadyMember, RecentlyDeleted
from convergences.directory.models import Agent, AgentState, Membership, Organization
from convergences.directory.services import accounts
from convergences.foundations import clock


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom an address leads to. `fresh`: an account made now, whose identity belongs to this employer."""

    agent: Agent
    fresh: bool


def holder_for(details: AgentDetails, organization: Organization) -> Holder:
    """Return the account of the address, made if there is none.

    Raises `AlreadyMember` or `RecentlyDeleted` when the employer knows this account already.
    """
    found = find(details.email)
    if found is None:
        made = _make(details)
        if made is not None:
            return Holder(made, fresh=True)
        found = find(details.email)  # somebody was quicker: their account is there now
        if found is None:
            raise RuntimeError("an address is neither free nor taken")
    check_unknown_here(found, organization)
    return Holder(found, fresh=False)


def find(email: str) -> Agent | None:
    """Return the account of the address, held; one deleted for good gives its address up first."""
    found = Agent.objects.select_for_update(no_key=True).filter(email=email).first()
    if found and is_gone(found):
        accounts.release(found)
        return None
    return found


def is_gone(agent: Agent) -> bool:
    """Say whether an account was deleted for good: its address is anybody's."""
    if agent.state != AgentState.DELETED:
        return False
    return agent.deleted_at is None or clock.now() - agent.deleted_at >= queries.RESTORE_DELAY


def check_unknown_here(agent: Agent, organization: Organization) -> None:
    """Raise `AlreadyMember` or `RecentlyDeleted` when this employer has, or had less than 30 days ago, this agent."""
    known = (
        Membership.objects.filter(agent=agent, organization=organization)
        .select_related("agent", "organization")
        .order_by("-created_at", "-pk")
    )
    opened = known.filter(closed_at__isnull=True).first()
    if opened:
        raise AlreadyMember(opened)
    latest = known.order_by("-closed_at").first()
    if latest and rules.may_restore(latest, clock.now()):
        raise RecentlyDeleted(latest)


def _make(details: AgentDetails) -> Agent | None:
    """Return a new account, or None when the database has just received another with this address."""
    try:
        with transaction.atomic():
            return Agent.objects.create(
                email=details.email,
                civility=details.civility,
                given_name=details.given_name,
                family_name=details.family_name,
                phone=details.phone,
                state=AgentState.INVITED,
                created_at=clock.now(),
            )
    except IntegrityError:
        return None


def hang(membership: Membership, holder: Holder, details: AgentDetails) -> None:
    """Set the membership on the account: accepted at once when the account is this employer's own. Does not save."""
    membership.agent = holder.agent
    membership.confirmed_at = clock.now() if holder.fresh else None
    membership.shown_given_name = details.given_name
    membership.shown_family_name = details.family_name
    membership.shown_civility = details.civility
    membership.shown_email = details.email
    membership.shown_phone = details.phone
    accounts.relabel(membership)


def give(agent: Agent, email: str) -> bool:
    """Give an account another address, not proved yet; False when another account has it.

    Attachments that the agent has not accepted stay with the address that their employer typed, on an account of its
    own: whoever made the first account could otherwise lead it to their own mailbox, and accept in the agent's name.
    """
    former = agent.email
    try:
        with transaction.atomic():
            agent.email = email
            agent.address_changed_at = clock.now() if agent.activated_at else None
            agent.save(update_fields=["email", "address_changed_at"])
    except IntegrityError:
        agent.email = former
        return False
    _leave_behind(agent)
    return True


def _leave_behind(agent: Agent) -> None:
    waiting = list(
        Membership.objects.filter(agent=agent, closed_at__isnull=True, confirmed_at__isnull=True).order_by("pk")
    )
    for membership in waiting:
        if membership.shown_email == agent.email:
            continue
        details = AgentDetails(
            given_name=membership.shown_given_name,
            family_name=membership.shown_family_name,
            email=membership.shown_email,
            civility=membership.shown_civility,
            phone=membership.shown_phone,
        )
        hang(membership, holder_for(details, membership.organization), details)
        membership.save()
