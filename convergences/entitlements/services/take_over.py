"""A fusion: the rights of the absorbed employer go on at the other, where it may use the application, or end.

Called within the act that moves the agents. As many statements for three rights as for three thousand, but for the
batches in which rows are written.
"""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from convergences.audit.services import SYSTEM, Actor
from convergences.directory.models import Membership, Organization
from convergences.entitlements.actions import Action
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services.register import LABEL, journal_each
from convergences.entitlements.taking_over import GOES_ON, LOST, Taken
from convergences.foundations import clock

AT_ONCE = 500
MERGED = "Fusion d’employeurs"


def take_over(
    taken: Sequence[Taken], moved: dict[int, Membership], *, between: tuple[Organization, Organization], actor: Actor
) -> None:
    """Close every right of the absorbed employer, and open at the remaining one those that go on.

    `taken` was read in this transaction, before the attachments were closed; `moved` says by which each goes on.
    """
    absorbed, remaining = between
    ended = Q(ends_on__lt=clock.today())
    _expire(Entitlement.objects.filter(ended, organization=remaining))
    _expire(Entitlement.objects.filter(ended | Q(membership__ends_on__lt=clock.today()), organization=absorbed))
    going_on = [_successor(each, moved[each.right.membership_id], actor) for each in taken if each.fate in GOES_ON]
    lost = [each.right for each in taken if each.fate in LOST]
    _close(Entitlement.objects.filter(organization=absorbed), actor)
    Entitlement.objects.bulk_create(going_on, batch_size=AT_ONCE)
    journal_each(Action.RIGHT_TAKEN_OVER, going_on, actor=actor, reason=MERGED)
    journal_each(Action.RIGHT_REMOVED, lost, actor=actor, reason=MERGED)


def _successor(taken: Taken, member: Membership, actor: Actor) -> Entitlement:
    """Return the right that goes on: it begins today, so that those who were there keep their seats before it."""
    right = taken.right
    return Entitlement(
        membership=member,
        organization_id=member.organization_id,
        application=right.application,
        roles=right.roles,
        starts_on=clock.today(),
        ends_on=right.ends_on,
        seat=taken.seat,
        reason=right.reason,
        granted_at=clock.now(),
        granted_by=actor.label[:LABEL],
        granted_by_id=actor.agent_id,
    )


def _expire(rights: QuerySet[Entitlement]) -> None:
    """Close what no longer served, as the worker would have tonight."""
    rows = rights.filter(closed_at__isnull=True).select_related("application", "membership__agent")
    spent = list(rows.prefetch_related("application__roles"))
    if spent:
        rights.filter(closed_at__isnull=True).update(
            closed_at=clock.now(), closed_by=SYSTEM.label, close_reason="expired"
        )
        journal_each(Action.RIGHT_EXPIRED, spent, actor=SYSTEM)


def _close(rights: QuerySet[Entitlement], actor: Actor) -> None:
    rights.filter(closed_at__isnull=True).update(
        closed_at=clock.now(), closed_by=actor.label[:LABEL], close_reason=MERGED
    )
