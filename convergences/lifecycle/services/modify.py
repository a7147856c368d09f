"""An employer changes an agent's sheet; a changed address is told to both mailboxes."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory import queries
from convergences.directory.details import AgentDetails
from convergences.directory.models import Agent, Membership
from convergences.directory.services import agents, memberships
from convergences.directory.services.agents import Changes
from convergences.entitlements import queries as rights
from convergences.foundations.outbox import post
from convergences.lifecycle import letters
from convergences.lifecycle.services.sessions import end_if_closed


@transaction.atomic
def modify(
    membership: Membership,
    details: AgentDetails,
    *,
    giver: Agent | None,
    actor: Actor,
    outside_domains_confirmed: bool = False,
) -> Changes:
    """Change a member's sheet, tell both addresses when it changes, and return what changed.

    Raises what `agents.modify` raises; then nothing is done.
    """
    done = agents.modify(membership, details, actor=actor, outside_domains_confirmed=outside_domains_confirmed)
    end_if_closed(done.membership, reason="suspended", actor=actor)
    if done.former_email:
        _tell(done.membership, done.former_email, giver=giver, actor=actor)
    return done


def _tell(membership: Membership, former: str, *, giver: Agent | None, actor: Actor) -> None:
    if queries.state_of(membership) != "invited":
        post(letters.address_left(membership, former, giver=giver))
        post(letters.address_given(membership, former, giver=giver))
        return
    # Nobody has come yet: the former address may be a stranger's, and the new one has received nothing.
    invited = memberships.invite(membership, actor=actor)
    names = [right.application.name for right in rights.current_for([invited.pk])[invited.pk]]
    post(letters.invitation_withdrawn(invited, former, giver=giver))
    post(letters.invitation(invited, giver=giver, applications=names))
