"""The answers that wait for a correspondant, of all campaigns: oldest first. Read through the index of those alone."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from convergences.campaigns.models import Campaign, Designation, DesignationState, Invitation

_WITH_EMPLOYER = ("invitation__campaign", "invitation__organization__correspondent")


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """Which answers: of one campaign, of the employers of one correspondant, or all."""

    campaign: UUID | None = None
    correspondent_id: int | None = None


def to_check(filters: QueueFilters | None = None) -> QuerySet[Designation]:
    """Return the answers received and not decided, oldest first, with employer and campaign."""
    asked = filters or QueueFilters()
    found = Designation.objects.filter(state=DesignationState.RECEIVED).select_related(*_WITH_EMPLOYER)
    if asked.campaign:
        found = found.filter(invitation__campaign__uid=asked.campaign)
    if asked.correspondent_id:
        found = found.filter(invitation__organization__correspondent=asked.correspondent_id)
    return found.order_by("received_at", "pk")


def how_many() -> int:
    """Return how many answers wait, in one query."""
    return Designation.objects.filter(state=DesignationState.RECEIVED).count()


def campaigns_waiting() -> list[tuple[Campaign, int]]:
    """Return the campaigns that have answers to check, latest first, and how many; in two queries."""
    waiting = Designation.objects.filter(state=DesignationState.RECEIVED)
    counted = dict(waiting.values_list("invitation__campaign").annotate(Count("pk")).order_by())
    found = Campaign.objects.filter(pk__in=counted).order_by("-created_at", "-pk")
    return [(each, counted[each.pk]) for each in found]


def answer(uid: UUID) -> Designation | None:
    """Return a signed answer, decided or not, with employer and campaign; None for a draft."""
    signed = Designation.objects.exclude(state=DesignationState.DRAFT).select_related(*_WITH_EMPLOYER, "keyed_by_agent")
    return signed.filter(uid=uid).first()


def invitation(uid: UUID) -> Invitation | None:
    """Return an employer's line in a campaign, or None."""
    return Invitation.objects.select_related("campaign", "organization__correspondent").filter(uid=uid).first()


def former_answers(designation: Designation) -> list[Designation]:
    """Return the other signed answers of the employer in this campaign, latest first."""
    others = designation.invitation.designations.exclude(pk=designation.pk).exclude(state=DesignationState.DRAFT)
    return list(others.order_by("-received_at", "-pk"))
