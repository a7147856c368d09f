"""Reading mandates. Whether one stands is judged by the membership: a departure or a closing leaves nothing to mend.

A suspended référent keeps their mandate without being able to use it, as they keep their rights.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from convergences.campaigns.models import Campaign, Invitation, Mandate, Recall, Reconfirmation
from convergences.directory.models import Membership
from convergences.directory.queries import referent
from convergences.foundations import clock


@dataclass(frozen=True, slots=True)
class Countdown:
    """By when référents of an employer are to be confirmed, and how many of them. It cuts nobody."""

    by: dt.date
    number: int

    @property
    def late(self) -> bool:
        """Whether that day is past."""
        return self.by < clock.today()

    @property
    def days(self) -> int:
        """How many days are left, that day included."""
        return (self.by - clock.today()).days + 1


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """How many employers have référents to confirm, how many of those are late, and how many référents there are."""

    employers: int
    late: int
    referents: int
    nearest: dt.date | None = None

    @property
    def days(self) -> int:
        """How many days are left before the nearest day, that day included."""
        return (self.nearest - clock.today()).days + 1 if self.nearest else 0


def standing() -> QuerySet[Mandate]:
    """Return the mandates that stand today: their holder is a référent still, and has been since they began."""
    began = Q(membership__referent_since__isnull=True) | Q(membership__referent_since__lte=F("written_at"))
    held = Mandate.objects.filter(ended_on__isnull=True, membership__closed_at__isnull=True)
    return held.filter(began, referent(clock.today(), "membership__"))


def holders() -> QuerySet[Membership]:
    """Return all who hold the profile of référent today, in activity or not."""
    return Membership.objects.filter(referent(clock.today()), closed_at__isnull=True)


def to_confirm() -> QuerySet[Mandate]:
    """Return the mandates that wait to be confirmed after elections."""
    return standing().filter(to_confirm_by__isnull=False, membership__organization__active=True)


def employers_to_confirm() -> QuerySet[Mandate, int]:
    """Return the keys of the employers that have such mandates."""
    return to_confirm().values_list("membership__organization_id", flat=True)


def days_to_confirm(organization_id: int) -> dict[int, dt.date]:
    """Return by when each référent of an employer is to be confirmed, by membership; in one query."""
    rows = to_confirm().filter(membership__organization_id=organization_id)
    return {pk: day for pk, day in rows.values_list("membership_id", "to_confirm_by") if day}


def countdown(days: Mapping[int, dt.date]) -> Countdown | None:
    """Return the nearest of these days as pages count it down, or None."""
    return Countdown(min(days.values()), len(days)) if days else None


def figures(asked: Campaign | None = None) -> ToConfirm:
    """Return how many employers have référents to confirm, of a campaign or of all; two queries at most.

    The first one, of an index, most days says that there are none: the other reads every référent.
    """
    if not Mandate.objects.filter(ended_on__isnull=True, to_confirm_by__isnull=False).exists():
        return ToConfirm(employers=0, late=0, referents=0)
    rows = to_confirm()
    if asked is not None:
        rows = rows.filter(
            membership__organization__in=Invitation.objects.filter(campaign=asked).values("organization")
        )
    late = Q(to_confirm_by__lt=clock.today())
    counted = rows.aggregate(
        employers=Count("membership__organization", distinct=True),
        late=Count("membership__organization", filter=late, distinct=True),
        referents=Count("pk"),
        nearest=Min("to_confirm_by"),
    )
    return ToConfirm(**counted)


def reconfirmations() -> list[tuple[Reconfirmation, int]]:
    """Return all reconfirmations, latest first, each with how many of its employers still have référents to confirm."""
    waiting = Recall.objects.filter(organization__in=employers_to_confirm()).order_by()
    left = dict(waiting.values_list("reconfirmation").annotate(Count("pk")))
    return [(each, left.get(each.pk, 0)) for each in Reconfirmation.objects.all()]


def reconfirmation(uid: str) -> Reconfirmation | None:
    """Return the reconfirmation that an address names, unless it was withdrawn, or None."""
    try:
        return Reconfirmation.objects.filter(uid=UUID(uid), withdrawn_at__isnull=True).first()
    except ValueError:
        return None


def reconfirmation_names() -> list[tuple[str, str]]:
    """Return the reconfirmations that were not withdrawn, latest first: identifier and reason."""
    found = Reconfirmation.objects.filter(withdrawn_at__isnull=True)
    return [(str(uid), reason) for uid, reason in found.values_list("uid", "reason")]


def campaigns_of() -> dict[str, Campaign]:
    """Return the last campaign prepared for each reconfirmation, by its identifier; one query."""
    rows = Campaign.objects.filter(filters__has_key="to_confirm_of").order_by("created_at", "pk")
    return {each.filters["to_confirm_of"]: each for each in rows}


def ends_to_come(most: int) -> list[Membership]:
    """Return the référents whose mandate has a last day, nearest first."""
    rows = holders().filter(referent_until__isnull=False, organization__active=True)
    return list(rows.select_related("agent", "agent__photo", "organization").order_by("referent_until", "pk")[:most])
