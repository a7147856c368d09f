"""An employer withdraws an agent's accesses for a time, and gives them back."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.models import Agent, Membership
from convergences.directory.services import memberships
from convergences.foundations.outbox import post
from convergences.lifecycle import letters
from convergences.lifecycle.services.sessions import end_if_closed


@transaction.atomic
def suspend(membership: Membership, *, reason: str, notify: bool, giver: Agent | None, actor: Actor) -> Membership:
    """Suspend a member, rights and history kept, and return the membership. The account is suspended with its last one.

    Raises `WrongState` (suspended already), `LastReferent`, `OwnAccount`, `NotManaged`, `MembershipOver`.
    """
    held = memberships.suspend(membership, reason=reason, actor=actor)
    end_if_closed(held, reason="suspended", actor=actor)
    if notify and held.confirmed_at:
        post(letters.suspended(held, giver=giver))
    return held


@transaction.atomic
def reactivate(membership: Membership, *, giver: Agent | None, actor: Actor) -> Membership:
    """Give a suspended member their accesses back, tell them, and return the membership.

    Raises `WrongState` (not suspended), `OwnAccount`, `NotManaged`, `MembershipOver`.
    """
    held = memberships.reactivate(membership, actor=actor)
    if held.confirmed_at:
        post(letters.reactivated(held, giver=giver))
    return held
