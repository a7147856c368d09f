"""What a fusion makes of rights: each of the absorbed employer's, at the one that stays. Nothing here writes.

A right goes on only where the remaining employer may use the application: no fusion gives more than a contract does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application
from convergences.directory import merging
from convergences.directory.models import Organization
from convergences.entitlements.models import Entitlement
from convergences.entitlements.standing import spent
from convergences.foundations import clock


class Fate(StrEnum):
    """What becomes of a right."""

    KEPT = "kept"  # it goes on
    WAITS = "waits"  # it goes on, and waits for a seat
    HELD = "held"  # the agent has one from the remaining employer already, which stays as it is
    UNSUBSCRIBED = "unsubscribed"  # the remaining employer has no subscription
    WITHDRAWN = "withdrawn"  # the application is closed, or not in the catalogue any more


GOES_ON = frozenset({Fate.KEPT, Fate.WAITS})
LOST = frozenset({Fate.UNSUBSCRIBED, Fate.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Taken:
    """A right of the absorbed employer, what becomes of it, and the seat that it takes where they are numbered."""

    right: Entitlement
    fate: Fate
    seat: int | None = None


def taken_over(absorbed: Organization, remaining: Organization, *, named: bool = True) -> list[Taken]:
    """Return what becomes of each right that serves, in the order in which seats go; in a constant number of queries.

    The remaining employer's own agents keep their seats: those who arrive take what is free, the oldest right first.
    Not `named`: only to be counted, without what rights and their agents say.
    """
    rows = Entitlement.objects.filter(organization=absorbed, closed_at__isnull=True).exclude(spent(clock.today()))
    rows = rows.order_by("starts_on", "granted_at", "pk")
    if named:
        rights = list(rows.select_related("membership__agent"))
    else:
        rights = list(rows.select_related("membership").only("application", "membership__agent"))
    # The catalogue is small: each application is read once, not once a right.
    known = {application.pk: application for application in catalog.every_application()}
    for right in rights:
        right.application = known[right.application_id]
    applications = {right.application_id: right.application for right in rights}
    fates = _fates(remaining, applications.values())
    held = _held(absorbed, remaining)
    free = _free_seats(remaining, applications.values())
    return list(_each(rights, fates, held, free))


def _each(
    rights: Iterable[Entitlement],
    fates: dict[int, Fate],
    held: set[tuple[int, int]],
    free: dict[int, Iterator[int]],
) -> Iterator[Taken]:
    for right in rights:
        fate, seat = fates[right.application_id], None
        if (right.membership.agent_id, right.application_id) in held:
            fate = Fate.HELD
        elif fate == Fate.KEPT and right.application_id in free:
            seat = next(free[right.application_id], None)
            fate = Fate.KEPT if seat is not None else Fate.WAITS
        yield Taken(right, fate, seat)


def _fates(remaining: Organization, applications: Iterable[Application]) -> dict[int, Fate]:
    fates, today = {}, clock.today()
    for pk, offer in catalog.offers(remaining, applications).items():
        subscribed = Fate.KEPT if offer.is_subscribed(today) else Fate.UNSUBSCRIBED
        fates[pk] = Fate.WITHDRAWN if offer.is_withdrawn() else subscribed
    return fates


def _held(absorbed: Organization, remaining: Organization) -> set[tuple[int, int]]:
    """Return the (agent, application) pairs on which the remaining employer gave a right already."""
    there = merging.already_there(absorbed, remaining).order_by().values("pk")
    rows = Entitlement.objects.filter(membership__in=there, closed_at__isnull=True).exclude(spent(clock.today()))
    return set(rows.values_list("membership__agent_id", "application_id"))


def _free_seats(remaining: Organization, applications: Iterable[Application]) -> dict[int, Iterator[int]]:
    """Return the numbers that are free under each contract which limits them."""
    today, offers = clock.today(), catalog.offers(remaining, applications)
    taken: dict[int, set[int]] = defaultdict(set)
    rows = Entitlement.objects.filter(organization=remaining, closed_at__isnull=True, seat__isnull=False)
    for application_id, seat in rows.values_list("application_id", "seat"):
        taken[application_id].add(seat or 0)
    limits = {pk: offer.seat_limit(today) for pk, offer in offers.items()}
    return {pk: _numbers(limit, taken[pk]) for pk, limit in limits.items() if limit is not None}


def _numbers(limit: int, taken: set[int]) -> Iterator[int]:
    return (seat for seat in range(1, limit + 1) if seat not in taken)
