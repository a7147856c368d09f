"""Seats of a subscription: a right enters if its number is within the limit, so that the check at the door is O(1).

The first rights keep their seats when there are fewer; a seat that is freed goes to the first right that waits.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from convergences.audit.services import SYSTEM, Actor
from convergences.catalog.models import Subscription
from convergences.catalog.offers import Contract
from convergences.entitlements.actions import Action
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services.expiry import close_spent
from convergences.entitlements.services.register import journal, seated
from convergences.foundations import clock

BEGUN_LATELY = dt.timedelta(days=7)


@transaction.atomic
def assign_seats(subscription: Subscription, *, actor: Actor = SYSTEM) -> None:
    """Number the rights under a subscription whose seats or dates have just changed; those given last lose first.

    To be called by whoever changes a subscription: until then rights above the limit, or without a number, are refused
    at the door (`no_seat`), never let in.
    """
    today = clock.today()
    close_spent(subscription.organization_id, subscription.application_id, today=today)
    settle(subscription.organization_id, subscription.application_id, today=today, actor=actor)


def settle(organization_id: int, application_id: int, *, today: dt.date, actor: Actor) -> None:
    """Give the seats of the current contract, if it limits them, to the first rights; moves as few as it can."""
    rows = Subscription.objects.select_for_update(no_key=True)
    row = rows.filter(organization_id=organization_id, application_id=application_id).first()
    if row is None or row.seats is None or not Contract(row.starts_on, row.ends_on).is_current(today):
        return
    rights = list(
        Entitlement.objects.filter(
            organization_id=organization_id, application_id=application_id, closed_at__isnull=True
        )
        .select_related("application", "membership__agent")
        .prefetch_related("application__roles")
        .order_by("starts_on", "granted_at", "pk")
    )
    _unseat(rights[row.seats :], actor=actor)
    _seat(rights[: row.seats], row.seats, actor=actor)


def begun_pairs(today: dt.date) -> list[tuple[int, int]]:
    """Return the (organization, application) pairs whose contract began these days and that have a right to number.

    Every other cause settles seats in its own act: a right removed or expired, a contract changed.
    """
    unnumbered = Entitlement.objects.filter(
        Q(seat__isnull=True) | Q(seat__gt=OuterRef("seats")),
        organization_id=OuterRef("organization_id"),
        application_id=OuterRef("application_id"),
        closed_at__isnull=True,
    )
    begun = Subscription.objects.filter(seats__isnull=False, starts_on__range=(today - BEGUN_LATELY, today))
    return list(begun.filter(Exists(unnumbered)).values_list("organization_id", "application_id"))


def _unseat(rights: Sequence[Entitlement], *, actor: Actor) -> None:
    for right in rights:
        if right.seat is not None:
            lost, right.seat = right.seat, None
            right.save(update_fields=["seat"])
            journal(Action.SEAT_LOST, right, actor=actor, seat=lost)


def _seat(rights: Sequence[Entitlement], seats: int, *, actor: Actor) -> None:
    for right in rights:
        if right.seat is not None and right.seat <= seats:
            continue
        waited = right.seat is None
        if seated(right, seats=seats, write=lambda right=right: right.save(update_fields=["seat"])) and waited:  # type: ignore[misc]
            journal(Action.SEAT_GIVEN, right, actor=actor, seat=right.seat)
