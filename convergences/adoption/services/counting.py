"""The figures of the day, counted by the worker a part at a time: no turn holds the database for long."""

import datetime as dt

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q

from convergences.adoption.models import Headcount, RightsFigure
from convergences.adoption.queries import MONTHS, last_months, waiting
from convergences.catalog.models import Application
from convergences.directory.models import Membership, Organization
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock

EMPLOYERS_AT_ONCE = 1000


@transaction.atomic
def count_accounts() -> int:
    """Count the accounts of the next open employers that were not counted today; return how many employers."""
    now = clock.now()
    fresh = Headcount.objects.filter(organization=OuterRef("pk"), counted_at__gte=clock.start_of(clock.today()))
    due = Organization.objects.filter(~Exists(fresh), active=True).order_by("pk")
    ids = list(due.values_list("pk", flat=True)[:EMPLOYERS_AT_ONCE])
    if not ids:
        return 0
    opened = Membership.objects.filter(organization__in=ids, closed_at__isnull=True).order_by()
    rows = opened.values_list("organization").annotate(
        accounts=Count("pk"), never=Count("pk", filter=waiting(clock.today()))
    )
    found = {pk: (accounts, never) for pk, accounts, never in rows}
    counted = [(pk, *found.get(pk, (0, 0))) for pk in ids]
    Headcount.objects.bulk_create(
        [Headcount(organization_id=pk, accounts=all_, waiting=never, counted_at=now) for pk, all_, never in counted],
        update_conflicts=True,
        unique_fields=["organization"],
        update_fields=["accounts", "waiting", "counted_at"],
    )
    return len(ids)


@transaction.atomic
def count_rights() -> int:
    """Count the rights of the oldest month that is due, on every application; return how many figures were written.

    The month that goes on is due once a day; one that is over, until it has been counted since.
    """
    month = _due_month()
    if month is None:
        return 0
    now, after = clock.now(), _next(month)
    last = min(clock.today(), after - dt.timedelta(days=1))
    served = Entitlement.objects.filter(
        Q(closed_at__isnull=True) | Q(closed_at__gte=min(now, clock.start_of(after))),
        Q(ends_on__isnull=True) | Q(ends_on__gte=last),
        starts_on__lte=last,
        granted_at__lt=clock.start_of(after),
    )
    found = dict(served.order_by().values_list("application").annotate(Count("pk")))
    keys = Application.objects.values_list("pk", flat=True)
    figures = [RightsFigure(application_id=pk, month=month, rights=found.get(pk, 0), counted_at=now) for pk in keys]
    RightsFigure.objects.bulk_create(
        figures,
        update_conflicts=True,
        unique_fields=["application", "month"],
        update_fields=["rights", "counted_at"],
    )
    return len(figures)


def _due_month() -> dt.date | None:
    today = clock.today()
    months = last_months(today, MONTHS)
    rows = RightsFigure.objects.filter(month__gte=months[0]).order_by().values_list("month")
    counted = dict(rows.annotate(Min("counted_at")))
    for month in months:
        at = counted.get(month)
        if at is None or at < min(clock.start_of(_next(month)), clock.start_of(today)):
            return month
    return None


def _next(month: dt.date) -> dt.date:
    return (month + dt.timedelta(days=31)).replace(day=1)
