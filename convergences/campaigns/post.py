"""Reading what is sent by post: who may be written to, what was made, what may still be downloaded."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from convergences.campaigns.employers import UNANSWERED
from convergences.campaigns.models import Campaign, Invitation, LetterScope, Mailing, MailingKind, Volume

UNDRAWABLE = (
    "Ce courrier ne peut pas être dessiné. Retapez à la main le nom, le titre, l'autorité et l'adresse de la fiche "
    "(un signe copié d'ailleurs suffit), puis recommencez."
)
NAMED = 20  # employers without a postal address named on a page


@dataclass(frozen=True, slots=True)
class PostReach:
    """How many employers of a choice await a letter. `again`: those for whom one was made; `unpostable`: no address."""

    total: int
    first: int
    unmailed: int
    again: int
    again_unmailed: int
    unpostable: int

    def of(self, scope: str) -> tuple[int, int]:
        """Return how many letters a scope makes, and how many of them replace a former one."""
        return {
            LetterScope.FIRST.value: (self.first, 0),
            LetterScope.UNADDRESSED.value: (self.unmailed, self.again_unmailed),
        }.get(scope, (self.total, self.again))


def awaiting(campaign: Campaign, only: Collection[int] = ()) -> QuerySet[Invitation]:
    """Return the employers that have not answered, open, all or those chosen; with a postal address or not."""
    found = Invitation.objects.filter(campaign=campaign, state__in=UNANSWERED, organization__active=True)
    return found.filter(pk__in=only) if only else found


def reach(campaign: Campaign, only: Collection[int] = ()) -> PostReach:
    """Return how many letters each scope would make, in one query."""
    somewhere = ~Q(organization__authority_address="")
    again = somewhere & Q(letter_made_at__isnull=False)
    unmailed = Q(organization__authority_email="")
    return PostReach(
        **awaiting(campaign, only).aggregate(
            total=Count("pk", filter=somewhere),
            first=Count("pk", filter=somewhere & Q(letter_made_at__isnull=True)),
            unmailed=Count("pk", filter=somewhere & unmailed),
            again=Count("pk", filter=again),
            again_unmailed=Count("pk", filter=again & unmailed),
            unpostable=Count("pk", filter=~somewhere),
        )
    )


def unpostable(campaign: Campaign) -> list[Invitation]:
    """Return the first employers that no letter can reach, by name: the centre has no postal address of theirs."""
    found = awaiting(campaign).filter(organization__authority_address="").select_related("organization")
    return list(found.order_by("organization__name_key", "pk")[:NAMED])


def pending(mailing: Mailing) -> QuerySet[Invitation]:
    """Return the employers whose letter this mailing has not made yet: no letter, or one made before it was asked."""
    found = awaiting(mailing.campaign, tuple(mailing.only)).exclude(organization__authority_address="")
    found = found.filter(letter_problem="")
    if mailing.scope == LetterScope.FIRST:
        return found.filter(letter_made_at__isnull=True)
    if mailing.scope == LetterScope.UNADDRESSED:
        found = found.filter(organization__authority_email="")
    return found.filter(Q(letter_made_at__isnull=True) | Q(letter_made_at__lt=mailing.created_at))


def refused(campaign: Campaign) -> list[Invitation]:
    """Return the first employers whose letter cannot be drawn as their sheet stands, by name."""
    found = awaiting(campaign).exclude(letter_problem="").select_related("organization")
    return list(found.order_by("organization__name_key", "pk")[:NAMED])


def letters_of(volume: Volume) -> QuerySet[Invitation]:
    """Return the employers whose latest letter is in this volume."""
    return Invitation.objects.filter(
        campaign=volume.mailing.campaign_id, pk__range=(volume.first, volume.last), letter_made_at=volume.made_at
    )


def mailings(campaign: Campaign) -> list[Mailing]:
    """Return the mailings by post of a campaign with their volumes made, latest first; two queries."""
    made = Prefetch("volumes", Volume.objects.filter(made_at__isnull=False).order_by("number"))
    found = campaign.mailings.filter(kind=MailingKind.LETTERS).prefetch_related(made)
    return list(found.order_by("-created_at", "-pk"))


def mailing(campaign: Campaign, uid: UUID) -> Mailing | None:
    """Return a mailing by post of this campaign, or None."""
    return campaign.mailings.filter(kind=MailingKind.LETTERS, uid=uid).select_related("campaign").first()


def invitation(campaign: Campaign, uid: UUID) -> Invitation | None:
    """Return an employer of this campaign that has not answered, whether or not a letter may be made for it."""
    found = Invitation.objects.filter(campaign=campaign, state__in=UNANSWERED, uid=uid)
    return found.select_related("campaign", "organization__correspondent").first()
