"""Rights past their last day are refused at the door that very night; here their rows are closed, and seats freed."""

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from convergences.audit.services import SYSTEM
from convergences.entitlements.actions import Action
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services.register import close_right, journal
from convergences.entitlements.standing import spent

BATCH = 500


def close_spent(organization_id: int, application_id: int, *, today: dt.date) -> int:
    """Close the rights of one subscription that no longer serve, so that their seats are free; return how many."""
    return _close(_spent(today).filter(organization_id=organization_id, application_id=application_id))


def spent_pairs(today: dt.date) -> list[tuple[int, int]]:
    """Return (organization, application) pairs that have rights to close, a batch of them.

    Asked in two halves: an OR across the join would read every right of every organization.
    """
    rows = Entitlement.objects.filter(closed_at__isnull=True).order_by()
    left = Q(membership__closed_at__isnull=False) | Q(membership__ends_on__lt=today)
    halves = (
        rows.filter(condition).values_list("organization_id", "application_id")
        for condition in (Q(ends_on__lt=today), left)
    )
    return sorted({pair for half in halves for pair in half.distinct()[:BATCH]})


def _spent(today: dt.date) -> QuerySet[Entitlement]:
    return Entitlement.objects.filter(spent(today), closed_at__isnull=True)


@transaction.atomic
def _close(rights: QuerySet[Entitlement]) -> int:
    rows = rights.select_related("application", "membership__agent").prefetch_related("application__roles")
    closed = 0
    for right in rows:
        if close_right(right, actor=SYSTEM, reason="expired"):
            journal(Action.RIGHT_EXPIRED, right, actor=SYSTEM)
            closed += 1
    return closed
