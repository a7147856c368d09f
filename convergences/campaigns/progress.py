"""How far campaigns are, for correspondants: each function is one query, whatever the number of employers."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from convergences.campaigns.details import Filters
from convergences.campaigns.employers import INDIVIDUAL, UNANSWERED
from convergences.campaigns.models import Campaign, Invitation, Mailing
from convergences.campaigns.models import InvitationState as State
from convergences.campaigns.queries import (
    ANSWERED,
    SILENT,
    answered_elsewhere,
    audience,
    not_reminded,
    remindable,
    unasked,
)
from convergences.directory import employers as directory
from convergences.directory.employers import EmployerFilters
from convergences.directory.narrowing import Narrowing
from convergences.foundations import clock

EVERYBODY = Narrowing()
# What each figure counts: the rows behind it, by the word that an address says.
_UNADDRESSED = Q(state__in=UNANSWERED, organization__authority_email="")
_COUNTED = {
    "": Q(state__in=UNANSWERED),
    "recues": Q(state__in=ANSWERED),
    "a-verifier": Q(state=State.RECEIVED),
    "validees": Q(state=State.VALIDATED),
    "sans-adresse": _UNADDRESSED,
    "tous": Q(),
}


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


@dataclass(frozen=True, slots=True)
class Total:
    """How far a whole campaign is."""

    asked: int
    answered: int
    to_check: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a campaign is, over a département's employers of a kind."""

    department: str
    kind: str
    total: int
    answered: int
    to_check: int
    unaddressed: int


@dataclass(frozen=True, slots=True)
class Recall:
    """Whom a reminder would reach: in all, among them without an address; and the silent that it would not.

    `today`: reminded today already; `elsewhere`: they have answered another campaign since.
    """

    total: int
    unaddressed: int
    today: int
    elsewhere: int

    @property
    def mails(self) -> int:
        """How many mails would leave."""
        return self.total - self.unaddressed


def reach(filters: Filters) -> Reach:
    """Return how many employers a campaign with these filters would ask."""
    return Reach(
        **audience(filters).aggregate(total=Count("pk"), unaddressed=Count("pk", filter=Q(authority_email="")))
    )


def campaign(uid: UUID) -> Campaign | None:
    """Return a campaign by its identifier, or None."""
    return Campaign.objects.filter(uid=uid).first()


def campaigns() -> QuerySet[Campaign]:
    """Return the campaigns that ask many, latest first."""
    return Campaign.objects.exclude(INDIVIDUAL).order_by("-created_at", "-pk")


def totals(shown: Collection[Campaign]) -> dict[int, Total]:
    """Return how far each of these campaigns is; one query, of those alone, which an index answers."""
    rows = Invitation.objects.filter(campaign__in=shown).exclude(unasked()).order_by()
    found: dict[int, Counter[str]] = {each.pk: Counter() for each in shown}
    for pk, state, number in rows.values_list("campaign", "state").annotate(number=Count("pk")):
        found[pk][state] = number
    return {
        pk: Total(by_state.total(), sum(by_state[state] for state in ANSWERED), by_state[State.RECEIVED])
        for pk, by_state in found.items()
    }


def launched(uid: str) -> Campaign | None:
    """Return the campaign that an address names, if it was launched, or None."""
    try:
        return Campaign.objects.filter(uid=UUID(uid), launched_at__isnull=False).first()
    except ValueError:
        return None


def launched_names() -> list[tuple[str, str]]:
    """Return the campaigns that were launched, latest first: identifier and name."""
    found = Campaign.objects.filter(~INDIVIDUAL, launched_at__isnull=False).order_by("-launched_at", "-pk")
    return [(str(uid), name) for uid, name in found.values_list("uid", "name")]


def tallies(asked: Campaign, narrowing: Narrowing = EVERYBODY) -> list[Tally]:
    """Return how far a campaign is, by département and kind of employers; one query for every figure of the page."""
    rows = Invitation.objects.filter(narrowing.q(), campaign=asked).exclude(unasked())
    counted = rows.values(department=F("organization__department"), kind=F("organization__kind")).annotate(
        total=Count("pk"),
        answered=Count("pk", filter=Q(state__in=ANSWERED)),
        to_check=Count("pk", filter=Q(state=State.RECEIVED)),
        unaddressed=Count("pk", filter=_UNADDRESSED),
    )
    return [Tally(**row) for row in counted.order_by("department", "kind")]


def shares(tallied: Iterable[Tally], key: Callable[[Tally], str]) -> list[Share]:
    """Add the tallies up by what `key` says of them, in its order."""
    found: dict[str, list[Tally]] = {}
    for each in tallied:
        found.setdefault(key(each), []).append(each)
    names = ("total", "answered", "to_check", "unaddressed")
    return [
        Share(said, *(sum(getattr(each, name) for each in found[said]) for name in names)) for said in sorted(found)
    ]


def counted(asked: Campaign, word: str, narrowing: Narrowing = EVERYBODY, q: str = "") -> QuerySet[Invitation]:
    """Return the employers that a figure counts, by name: those without an answer unless `word` says another figure.

    `q`: words of a name, or a SIRET.
    """
    figure = _COUNTED.get(word, _COUNTED[""])
    found = Invitation.objects.filter(figure, narrowing.q(), campaign=asked).exclude(unasked())
    if q:
        found = found.filter(organization__in=directory.employers(EmployerFilters(q=q)).order_by())
    return found.select_related("organization").order_by("organization__name_key", "pk")


def recall(asked: Campaign, narrowing: Narrowing) -> Recall:
    """Return whom reminding all the silent of these employers would reach today; one query."""
    silent = Invitation.objects.filter(narrowing.q(), campaign=asked, state__in=SILENT).exclude(unasked())
    elsewhere = Q(answered_elsewhere())
    reached = not_reminded(clock.today()) & ~elsewhere
    return Recall(
        **silent.aggregate(
            total=Count("pk", filter=reached),
            unaddressed=Count("pk", filter=reached & Q(organization__authority_email="")),
            today=Count("pk", filter=~not_reminded(clock.today()) & ~elsewhere),
            elsewhere=Count("pk", filter=elsewhere),
        )
    )


def to_remind(asked: Campaign, narrowing: Narrowing) -> QuerySet[Invitation]:
    """Return them, by name."""
    found = remindable(asked, clock.today(), narrowing).select_related("organization")
    return found.order_by("organization__name_key", "pk")


def chosen(asked: Campaign, uids: list[UUID]) -> list[Invitation]:
    """Return the silent employers of this campaign that these identifiers name; those of another are left out."""
    return list(Invitation.objects.filter(campaign=asked, state__in=UNANSWERED, uid__in=uids).order_by("pk"))


def asked_in(asked: Campaign) -> QuerySet[Invitation]:
    """Return all the employers of a campaign, by name, to be written down by columns."""
    return Invitation.objects.filter(campaign=asked).order_by("organization__name_key", "pk")


def mailings(asked: Campaign) -> list[Mailing]:
    """Return what was sent or is leaving, oldest first."""
    return list(asked.mailings.order_by("created_at", "pk"))
