"""An agent leaves an employer, who may change their mind during 30 days."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.models import Agent, AgentState, Membership
from convergences.directory.services import memberships
from convergences.entitlements import queries as rights
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import revoke_all
from convergences.entitlements.services.grant import give
from convergences.entitlements.services.register import Giving
from convergences.entitlements.terms import Terms
from convergences.foundations import clock
from convergences.foundations.outbox import post
from convergences.lifecycle import letters
from convergences.lifecycle.services.sessions import end_if_closed

DEPARTURE = "Départ de l’agent"


@transaction.atomic
def depart(membership: Membership, *, giver: Agent | None, actor: Actor) -> Membership:
    """End a member's attachment with its rights, tell them, and return it. The account is deleted with its last one.

    Raises `LastReferent`, `OwnAccount`, `NotManaged`, `MembershipOver`.
    """
    held = memberships.close(membership, actor=actor)
    revoke_all(held, actor=actor, reason=DEPARTURE)
    end_if_closed(held, reason="deleted", actor=actor)
    if held.confirmed_at:
        post(letters.departed(held, giver=giver))
    return held


@transaction.atomic
def restore(membership: Membership, *, giver: Agent | None, actor: Actor) -> Membership:
    """Undo a departure of less than 30 days: the attachment, and those of its rights that can be given today.

    Raises `WrongState` (not closed), `TooLateToRestore`, `NotManaged`.
    """
    held = memberships.restore(membership, actor=actor)
    for right in _former_rights(held):
        give(held, right.application, Terms(tuple(right.roles), right.ends_on), giving=Giving(giver, actor))
    if held.confirmed_at and held.agent.state == AgentState.ACTIVE:
        post(letters.reactivated(held, giver=giver))
    return held


def _former_rights(membership: Membership) -> list[Entitlement]:
    """Return the rights that the departure took away and nothing now forbids: a seat may have gone to somebody else."""
    today = clock.today()
    possible = {
        line.application.pk: {role.key for role in line.roles}
        for line in rights.rights_sheet(membership)
        if line.obstacle is None
    }
    latest: dict[int, Entitlement] = {}
    for right in rights.history(membership):  # latest first: a right removed since an earlier departure stays removed
        latest.setdefault(right.application_id, right)
    return [
        latest[application_id]
        for application_id in sorted(possible.keys() & latest.keys())
        if (right := latest[application_id]).close_reason == DEPARTURE
        and (right.ends_on is None or right.ends_on >= today)
        and possible[application_id] >= set(right.roles)
    ]
