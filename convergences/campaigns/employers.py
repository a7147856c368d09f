"""What campaigns say of employers, for the pages about employers."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from convergences.campaigns.models import Campaign, CampaignState, Designation, DesignationState, Invitation
from convergences.campaigns.models import InvitationState as State
from convergences.foundations import clock

INDIVIDUAL = Q(filters__has_key="employer")  # campaigns that ask one employer, from its sheet
UNANSWERED = (State.WAITING, State.SENT, State.OPENED, State.SENT_BACK)
_LATEST_LAST = ("campaign__launched_at", "pk")


def latest() -> Campaign | None:
    """Return the campaign launched last, open or closed, or None; not those that ask a single employer."""
    launched = Campaign.objects.exclude(state=CampaignState.DRAFT).filter(~INDIVIDUAL, launched_at__isnull=False)
    return launched.order_by("-launched_at", "-pk").first()


def is_late(invitation: Invitation, campaign: Campaign) -> bool:
    """Say whether this employer has let the campaign's deadline pass without an answer."""
    return campaign.deadline < clock.today() and invitation.state in UNANSWERED


def late() -> QuerySet[Invitation, int]:
    """Return the keys of the employers that `is_late` says yes of, in the last campaign that each was asked in."""
    later = _asked_with_others().filter(
        organization=OuterRef("organization"), campaign__launched_at__gt=OuterRef("campaign__launched_at")
    )
    past = _asked_with_others().filter(state__in=UNANSWERED, campaign__deadline__lt=clock.today())
    return past.filter(~Exists(later)).values_list("organization_id", flat=True)


def invitations(organization_ids: Collection[int]) -> dict[int, Invitation]:
    """Return how far these employers are in the last campaign that each was asked in; in one query."""
    rows = _asked_with_others().filter(organization__in=list(organization_ids)).select_related("campaign")
    return {invitation.organization_id: invitation for invitation in rows.order_by(*_LATEST_LAST)}


def states() -> dict[int, tuple[str, bool]]:
    """Return how far every employer is in its last campaign, and whether it is late: for a file of them all."""
    rows = _asked_with_others().order_by(*_LATEST_LAST).values_list("organization_id", "state", "campaign__deadline")
    today = clock.today()
    return {pk: (state, deadline < today and state in UNANSWERED) for pk, state, deadline in rows}


def _asked_with_others() -> QuerySet[Invitation]:
    return Invitation.objects.filter(campaign__launched_at__isnull=False).exclude(campaign__filters__has_key="employer")


def history(organization_id: int) -> list[Invitation]:
    """Return the campaigns that this employer was asked in, latest first, each with its answers; in two queries."""
    answers = Designation.objects.exclude(state=DesignationState.DRAFT).order_by("-created_at")
    rows = Invitation.objects.filter(organization=organization_id).select_related("campaign")
    return list(rows.prefetch_related(Prefetch("designations", answers)).order_by("-campaign__created_at", "-pk"))


def awaited(organization_id: int) -> list[Invitation]:
    """Return the campaigns under way to which this employer may still answer or has an answer to check, latest first.

    Each with its answer that waits to be checked, if there is one, as `designations`; in two queries.
    """
    waiting = Designation.objects.filter(state=DesignationState.RECEIVED)
    rows = Invitation.objects.filter(
        organization=organization_id,
        campaign__state__in=(CampaignState.RUNNING, CampaignState.PAUSED),
        state__in=(*UNANSWERED, State.RECEIVED),
    )
    loaded = rows.select_related("campaign").prefetch_related(Prefetch("designations", waiting))
    return list(loaded.order_by("-campaign__launched_at", "-pk"))
