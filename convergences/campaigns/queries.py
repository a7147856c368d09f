"""Reading campaigns: the centre sees all employers (DOMAIN); pages ask for correspondants only."""

from django.db.models import QuerySet

from convergences.campaigns.details import Filters
from convergences.campaigns.models import Invitation, InvitationState
from convergences.directory.models import Organization, OrganizationKind

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
    if filters.unanswered_of:
        silent = Invitation.objects.filter(
            campaign__uid=filters.unanswered_of, state__in=(InvitationState.WAITING, *SILENT)
        )
        found = found.filter(pk__in=silent.values("organization"))
    return found
