"""What campaigns say of employers, for the pages about employers."""

from collections.abc import Collection

from django.db.models import Prefetch, Q, QuerySet

from convergences.campaigns.models import Campaign, CampaignState, Designation, DesignationState, Invitation
from convergences.campaigns.models import InvitationState as State
from convergences.foundations import clock

INDIVIDUAL = Q(filters__has_key="employer")  # campaigns that ask one employer, from its sheet
UNANSWERED = (State.WAITING, State.SENT, State.OPENED, State.SENT_BACK)


def latest() -> Campaign | None:
    """Return the campaign launched last, open or closed, or None; not those that ask a single employer."""
    launched = Campaign.objects.exclude(state=CampaignState.DRAFT).filter(~INDIVIDUAL, launched_at__isnull=False)
    return launched.order_by("-launched_at", "-pk").first()


def is_late(invitation: Invitation, campaign: Campaign) -> bool:
    """Say whether this employer has let the campaign's deadline pass without an answer."""
    return campaign.deadline < clock.today() and invitation.state in UNANSWERED


def late(campaign: Campaign) -> QuerySet[Invitation, int]:
    """Return the keys of the employers that `is_late` says yes of; nobody before the deadline is past."""
    rows = Invitation.objects.filter(campaign=campaign, state__in=UNANSWERED)
    if campaign.deadline >= clock.today():
        rows = rows.none()
    return rows.values_list("organization_id", flat=True)


def invitations(campaign: Campaign, organization_ids: Collection[int]) -> dict[int, Invitation]:
    """Return how far these employers are in a campaign, by employer; in one query."""
    rows = Invitation.objects.filter(campaign=campaign, organization__in=list(organization_ids))
    return {invitation.organization_id: invitation for invitation in rows}


def states(campaign: Campaign) -> dict[int, str]:
    """Return how far every employer of a campaign is, by employer: for a file of them all."""
    return dict(Invitation.objects.filter(campaign=campaign).values_list("organization_id", "state"))


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
