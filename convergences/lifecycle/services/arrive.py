"""An agent arrives: the account, the first rights and the invitation."""

from collections.abc import Sequence
from typing import TypedDict, Unpack

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.details import AgentDetails
from convergences.directory.models import Agent, Membership, Organization
from convergences.directory.services import agents, memberships
from convergences.entitlements import queries as rights
from convergences.entitlements.services import set_rights
from convergences.entitlements.terms import Wish
from convergences.foundations.outbox import post
from convergences.lifecycle import letters


class Choices(TypedDict, total=False):
    """What a référent may add to an arrival: first rights, and that an unusual address is right."""

    wishes: Sequence[Wish]
    outside_domains_confirmed: bool


@transaction.atomic
def arrive(
    details: AgentDetails, *, organization: Organization, giver: Agent | None, actor: Actor, **choices: Unpack[Choices]
) -> Membership:
    """Create an agent of the organization with their first rights, invite them, and return the membership.

    Whether the address had an account already shows nowhere: same acts, same number of mails, same answer.
    Raises what `agents.create` and `entitlements.set_rights` raise; then nothing is done.
    """
    membership = agents.create(
        details,
        organization=organization,
        actor=actor,
        outside_domains_confirmed=choices.get("outside_domains_confirmed", False),
    )
    changes = set_rights(membership, list(choices.get("wishes", ())), giver=giver, actor=actor)
    membership = memberships.invite(membership, actor=actor)
    names = [change.application.name for change in changes]
    post(letters.invitation(membership, giver=giver, applications=names))
    return membership


@transaction.atomic
def invite_again(membership: Membership, *, giver: Agent | None, actor: Actor) -> Membership:
    """Send the invitation again, good for 14 more days, and return the membership.

    Raises `WrongState` when the agent has come already, `TooSoon` within 10 minutes, `NotManaged`, `MembershipOver`.
    """
    invited = memberships.invite(membership, actor=actor, again=True)
    held = rights.current_for([invited.pk])[invited.pk]
    names = [right.application.name for right in held]
    post(letters.invitation(invited, giver=giver, applications=names))
    return invited
