"""Reading how far adoption is: for the centre's correspondants alone, who see all employers."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min, Q, QuerySet, Sum

from convergences.adoption.models import Headcount, RightsFigure
from convergences.catalog.models import Application
from convergences.directory.models import AgentState, Membership
from convergences.directory.narrowing import Narrowing
from convergences.directory.queries import referent
from convergences.foundations import clock

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Accounts:
    """How many accounts employers have, how many were never opened, and when the oldest figure was counted."""

    accounts: int
    waiting: int
    counted_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The rights on one application at the end of each month, oldest first; None for a month that nobody counted."""

    application: Application
    rights: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """The trends of all applications over the same months, each named by its first day."""

    months: tuple[dt.date, ...]
    trends: tuple[Trend, ...]
    counted_at: dt.datetime | None


def waiting(today: dt.date) -> Q:
    """Return what a membership is while its account was never opened, or the attachment never accepted."""
    return Q(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        Q(confirmed_at__isnull=True) | Q(agent__state=AgentState.INVITED),
        closed_at__isnull=True,
        suspended_at__isnull=True,
    )


def never_connected(narrowing: Narrowing) -> QuerySet[Membership]:
    """Return the référents of open employers who never came, the oldest invitation first, with their employer.

    An account that an operator opened and whose agent never signed in is among them: no invitation would help it.
    """
    today = clock.today()
    opened = Q(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        closed_at__isnull=True,
        suspended_at__isnull=True,
        agent__state=AgentState.ACTIVE,
        agent__last_sign_in_at__isnull=True,
    )
    found = Membership.objects.filter(referent(today), waiting(today) | opened, organization__active=True)
    related = ("agent", "organization", "organization__correspondent")
    return found.filter(narrowing.q()).select_related(*related).order_by("invited_at", "pk")


def employers_waiting(narrowing: Narrowing) -> QuerySet[Headcount]:
    """Return the figures of the open employers that have accounts nobody opened, most of them first."""
    found = Headcount.objects.filter(narrowing.q(), waiting__gt=0, organization__active=True)
    return found.select_related("organization", "organization__correspondent").order_by("-waiting", "organization")


def accounts(narrowing: Narrowing) -> Accounts:
    """Return the accounts of open employers, added up from what the worker counted; one query."""
    found = Headcount.objects.filter(narrowing.q(), organization__active=True)
    summed = found.aggregate(accounts=Sum("accounts"), waiting=Sum("waiting"), counted_at=Min("counted_at"))
    return Accounts(summed["accounts"] or 0, summed["waiting"] or 0, summed["counted_at"])


def rights() -> Rights:
    """Return the rights on each application over the last months; one query, as many rows as points."""
    months = last_months(clock.today(), MONTHS)
    found = RightsFigure.objects.filter(month__gte=months[0]).select_related("application")
    counted: dict[Application, dict[dt.date, int]] = {}
    latest = None
    for figure in found.order_by("application__position", "application__name", "month"):
        counted.setdefault(figure.application, {})[figure.month] = figure.rights
        latest = max(latest, figure.counted_at) if latest else figure.counted_at
    trends = [Trend(each, tuple(by_month.get(month) for month in months)) for each, by_month in counted.items()]
    return Rights(months, tuple(trends), latest)


def last_months(today: dt.date, number: int) -> tuple[dt.date, ...]:
    """Return the first days of the last months, oldest first, the month that goes on included."""
    months = [today.replace(day=1)]
    while len(months) < number:
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return tuple(reversed(months))
