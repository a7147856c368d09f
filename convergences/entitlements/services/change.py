"""Changing a right: other roles, another last day."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.models import Agent, Membership
from convergences.entitlements.actions import Action
from convergences.entitlements.errors import RightGone
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import checks, register
from convergences.entitlements.services.grant import told_of
from convergences.entitlements.services.register import Giving
from convergences.entitlements.services.telling import tell
from convergences.entitlements.terms import Act, Change, Terms
from convergences.foundations import clock


@transaction.atomic
def change(entitlement: Entitlement, *, terms: Terms, giver: Agent | None, actor: Actor) -> Entitlement:
    """Replace a right by one with other roles or another last day, and tell the agent; the seat is kept.

    Returns the new row, or the same when nothing changes. Raises what `grant` raises, and `RightGone` when the right
    has been changed or removed meanwhile.
    """
    membership = checks.locked(entitlement.membership)
    checks.managed(membership, giver)
    present = (
        Entitlement.objects.select_related("application", "membership__agent")
        .filter(pk=entitlement.pk, closed_at__isnull=True)
        .first()
    )
    if present is None:
        raise RightGone(entitlement.application)
    right, done = amend(membership, present, terms, giving=Giving(giver, actor))
    if done:
        tell(membership, [done], by=giver)
    return right


def amend(
    membership: Membership, right: Entitlement, terms: Terms, *, giving: Giving
) -> tuple[Entitlement, Change | None]:
    """Change a right without telling the agent. The giver is already checked."""
    today = clock.today()
    checks.present(membership, today)
    terms = checks.accepted(right.application, terms, today=today)
    if list(terms.roles) == right.roles and terms.ends_on == right.ends_on:
        return right, None
    standing = checks.unobstructed(membership, right.application, giver=giving.giver, today=today)
    if standing.held is None or not register.close_right(right, actor=giving.actor, reason="changed"):
        raise RightGone(right.application)
    successor = register.drafted(membership, right.application, terms, giving=giving)
    # The right goes on: its first day is the seniority by which seats are kept when there are fewer of them.
    successor.starts_on, successor.seat = right.starts_on, right.seat
    register.open_right(successor, seats=standing.offer.seat_limit(today))
    before = register.terms_in_words(right)
    register.journal(Action.RIGHT_CHANGED, successor, actor=giving.actor, reason=successor.reason, before=before)
    return successor, told_of(Act.CHANGED, successor, standing)
