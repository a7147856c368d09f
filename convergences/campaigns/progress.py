"""How far campaigns are, for correspondants: each function is one query, whatever the number of employers."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from convergences.campaigns.details import Filters
from convergences.campaigns.employers import UNANSWERED
from convergences.campaigns.models import Campaign, Invitation, Mailing
from convergences.campaigns.models import InvitationState as State
from convergences.campaigns.queries import audience
from convergences.directory import employers as directory
from convergences.directory.employers import EmployerFilters

ANSWERED = (State.RECEIVED, State.VALIDATED)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many employers filters keep, and how many of them have no official e-mail address."""

    total: int
    unaddressed: int

    @property
    def mails(self) -> int:
        """How many mails a launch sends."""
        return self.total - self.unaddressed


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a campaign's employers: `key` is a department or a kind; `to_check` are among those answered."""

    key: str
    total: int
    answered: int
    to_check: int
    unaddressed: int

    @property
    def silent(self) -> int:
        """How many have not answered."""
        return self.total - self.answered


def reach(filters: Filters) -> Reach:
    """Return how many employers a campaign with these filters would ask."""
    return Reach(
        **audience(filters).aggregate(total=Count("pk"), unaddressed=Count("pk", filter=Q(authority_email="")))
    )


def campaign(uid: UUID) -> Campaign | None:
    """Return a campaign by its identifier, or None."""
    return Campaign.objects.filter(uid=uid).first()


def campaigns() -> QuerySet[Campaign]:
    """Return all campaigns, latest first, each with `asked`, `answered` and `to_check`."""
    asked = ~Q(invitations__state=State.WITHDRAWN)
    return Campaign.objects.annotate(
        asked=Count("invitations", filter=asked),
        answered=Count("invitations", filter=Q(invitations__state__in=ANSWERED)),
        to_check=Count("invitations", filter=Q(invitations__state=State.RECEIVED)),
    ).order_by("-created_at", "-pk")


def launched_names() -> list[tuple[str, str]]:
    """Return the campaigns that were launched, latest first: identifier and name."""
    found = Campaign.objects.filter(launched_at__isnull=False).order_by("-launched_at", "-pk")
    return [(str(uid), name) for uid, name in found.values_list("uid", "name")]


def shares(asked: Campaign, column: str) -> list[Share]:
    """Return how far a campaign is by a column of employers, `department` or `kind`."""
    rows = Invitation.objects.filter(campaign=asked).exclude(state=State.WITHDRAWN)
    counted = rows.values(key=F(f"organization__{column}")).annotate(
        total=Count("pk"),
        answered=Count("pk", filter=Q(state__in=ANSWERED)),
        to_check=Count("pk", filter=Q(state=State.RECEIVED)),
        unaddressed=Count("pk", filter=Q(state__in=UNANSWERED, organization__authority_email="")),
    )
    return [Share(**row) for row in counted.order_by("key")]


def silent(asked: Campaign, q: str = "") -> QuerySet[Invitation]:
    """Return the employers of a campaign that have not answered, by name; `q`: words of a name, or a SIRET."""
    found = Invitation.objects.filter(campaign=asked, state__in=UNANSWERED).select_related("organization")
    if q:
        found = found.filter(organization__in=directory.employers(EmployerFilters(q=q)).order_by())
    return found.order_by("organization__name_key", "pk")


def chosen(asked: Campaign, uids: list[UUID]) -> list[Invitation]:
    """Return the silent employers of this campaign that these identifiers name; those of another are left out."""
    return list(Invitation.objects.filter(campaign=asked, state__in=UNANSWERED, uid__in=uids).order_by("pk"))


def asked_in(asked: Campaign) -> QuerySet[Invitation]:
    """Return all the employers of a campaign, by name, to be written down."""
    found = Invitation.objects.filter(campaign=asked).select_related("organization", "organization__correspondent")
    return found.order_by("organization__name_key", "pk")


def mailings(asked: Campaign) -> list[Mailing]:
    """Return what was sent or is leaving, oldest first."""
    return list(asked.mailings.order_by("created_at", "pk"))
