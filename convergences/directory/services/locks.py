"""Rows held until the end of the transaction, always in the same order: organization, membership, agent."""

from convergences.directory.errors import MembershipOver
from convergences.directory.models import Agent, Membership, Organization


def hold_organization(organization_id: int) -> Organization:
    """Return the organization, held: two acts on its référents, or on one member, come one after the other.

    `no_key`: rows that only refer to the organization may still be written meanwhile.
    """
    return Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def hold_membership(membership: Membership) -> Membership:
    """Return the membership as it is now, held with its organization, open or closed."""
    hold_organization(membership.organization_id)
    return (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("agent", "organization")
        .get(pk=membership.pk)
    )


def hold_open_membership(membership: Membership) -> Membership:
    """Return the membership, held; raises `MembershipOver` when it has been closed meanwhile."""
    held = hold_membership(membership)
    if held.closed_at is not None:
        raise MembershipOver
    return held


def hold_agent(agent_id: int) -> Agent:
    """Return the agent as it is now, held."""
    return Agent.objects.select_for_update(no_key=True).get(pk=agent_id)
