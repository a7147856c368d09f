"""Removing a right: always possible to who manages the agent, whatever the application has become."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.models import Agent, Membership
from convergences.entitlements.actions import Action
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import checks, register
from convergences.entitlements.services.seats import settle
from convergences.entitlements.services.telling import tell
from convergences.entitlements.terms import Act, Change
from convergences.foundations import clock


@transaction.atomic
def revoke(entitlement: Entitlement, *, giver: Agent | None, actor: Actor, reason: str = "") -> bool:
    """Remove a right and tell the agent; False when it was already gone, which is no fault. Raises `NotManaged`."""
    membership = checks.locked(entitlement.membership)
    checks.managed(membership, giver)
    rows = Entitlement.objects.select_related("application", "membership__agent")
    done = withdraw(rows.get(pk=entitlement.pk), actor=actor, reason=reason)
    if done:
        tell(membership, [done], by=giver)
    return done is not None


@transaction.atomic
def revoke_all(membership: Membership, *, actor: Actor, reason: str) -> int:
    """Remove every right of a membership that ends, and return how many.

    The act that ends the membership has checked its own rule and tells the agent itself: no mail leaves from here.
    """
    rights = Entitlement.objects.filter(membership=membership, closed_at__isnull=True).order_by("application_id")
    rows = rights.select_related("application", "membership__agent").prefetch_related("application__roles")
    return sum(withdraw(right, actor=actor, reason=reason) is not None for right in rows)


def withdraw(right: Entitlement, *, actor: Actor, reason: str) -> Change | None:
    """Remove a right without telling the agent; None when it was already gone. The freed seat goes to who waits."""
    if not register.close_right(right, actor=actor, reason=reason):
        return None
    register.journal(Action.RIGHT_REMOVED, right, actor=actor, reason=reason)
    if right.seat is not None:
        settle(right.organization_id, right.application_id, today=clock.today(), actor=actor)
    return Change(act=Act.REMOVED, application=right.application)
