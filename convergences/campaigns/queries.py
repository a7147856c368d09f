"""Reading campaigns: the centre sees all employers (DOMAIN); pages ask for correspondants only."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from convergences.campaigns import mandates
from convergences.campaigns.details import Filters
from convergences.campaigns.employers import UNANSWERED
from convergences.campaigns.models import Campaign, Invitation, InvitationState, Recall, Reconfirmation
from convergences.directory.models import Organization, OrganizationKind
from convergences.directory.narrowing import Narrowing
from convergences.foundations import clock

ANSWERED = (InvitationState.RECEIVED, InvitationState.VALIDATED)
SILENT = (InvitationState.SENT, InvitationState.OPENED, InvitationState.SENT_BACK)


def audience(filters: Filters) -> QuerySet[Organization]:
    """Return the active employers that a campaign with these filters asks, the centre itself never."""
    found = Organization.objects.filter(active=True).exclude(kind=OrganizationKind.CENTER)
    for name, values in (
        ("department__in", filters.departments),
        ("kind__in", filters.kinds),
        ("affiliation__in", filters.affiliations),
    ):
        if values:
            found = found.filter(**{name: values})
    if filters.employer:
        found = found.filter(key=filters.employer)
    if filters.unanswered_of:
        silent = Invitation.objects.filter(
            campaign__uid=filters.unanswered_of, state__in=(InvitationState.WAITING, *SILENT)
        )
        found = found.filter(pk__in=silent.values("organization"))
    return found.filter(_to_confirm_of(filters.to_confirm_of)) if filters.to_confirm_of else found


def concerned(filters: Filters) -> QuerySet[Organization]:
    """Return the employers of these filters that have référents to confirm."""
    held = mandates.holders().filter(organization=OuterRef("pk"))
    return audience(filters).filter(Exists(held))


def _to_confirm_of(uid: str) -> Q:
    """Return what the employers are whose référents a reconfirmation waits for: those it will tell, while it does."""
    asked = Reconfirmation.objects.filter(uid=uid, withdrawn_at__isnull=True).first()
    if asked is None:
        return Q(pk__in=())
    if asked.finished_at is None:
        ahead = concerned(Filters.kept(asked.filters)).filter(created_at__lte=asked.created_at)
        return Q(pk__in=ahead.values("pk"))
    told = Recall.objects.filter(reconfirmation=asked).values("organization")
    return Q(pk__in=told) & Q(pk__in=mandates.employers_to_confirm())


def remindable(campaign: Campaign, day: dt.date, narrowing: Narrowing) -> QuerySet[Invitation]:
    """Return the silent employers that the reminder of a day may reach."""
    silent = Invitation.objects.filter(not_reminded(day), narrowing.q(), campaign=campaign, state__in=SILENT)
    return silent.exclude(unasked()).exclude(answered_elsewhere())


def unasked() -> Q:
    """Return what is asked no more: withdrawn, or an employer that closed before it answered."""
    closed = Organization.objects.filter(active=False)
    return Q(state=InvitationState.WITHDRAWN) | Q(state__in=UNANSWERED, organization__in=closed)


def answered_elsewhere() -> Exists:
    """Return whether an employer has answered another campaign since: it is not told that it is silent."""
    answers = Invitation.objects.filter(organization=OuterRef("organization"), state__in=ANSWERED)
    return Exists(answers.filter(answered_at__gte=OuterRef("campaign__launched_at")))


def not_reminded(day: dt.date) -> Q:
    """Return what an employer is whom no reminder has reached today, nor for that day.

    Both, because what was prepared on a day may leave after midnight.
    """
    return Q(
        Q(reminded_for__isnull=True) | Q(reminded_for__lt=day),
        Q(reminded_at__isnull=True) | Q(reminded_at__lt=clock.start_of(clock.today())),
    )
