"""Whom a change of contract or of opening lets in and shuts out, before anybody makes it. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application
from convergences.catalog.offers import Offer
from convergences.directory.models import AgentState, Membership, Organization
from convergences.directory.queries import current
from convergences.entitlements.models import Entitlement
from convergences.entitlements.standing import spent
from convergences.foundations import clock


@dataclass(frozen=True, slots=True)
class Effect:
    """The agents who would lose or gain access that very day, by name."""

    losing: list[Membership]
    gaining: list[Membership]

    def __bool__(self) -> bool:
        """Whether anybody's access changes."""
        return bool(self.losing or self.gaining)


def effect(organization: Organization, application: Application, after: Offer) -> Effect:
    """Return whose access to the application changes if the employer is offered it so; in a few queries.

    Those who have a seat keep it as `services.assign_seats` does: the first rights, when there are fewer seats.
    """
    today = clock.today()
    before = catalog.offers(organization, [application])[application.pk]
    rows = Entitlement.objects.filter(organization=organization, application=application, closed_at__isnull=True)
    rights = list(
        rows.exclude(spent(today)).select_related("membership__agent").order_by("starts_on", "granted_at", "pk")
    )
    pilots = frozenset(application.pilots.values_list("agent_id", flat=True))
    held = {right.membership_id: right.seat for right in rights}
    limit = after.seat_limit(today)
    seats = len(rights) if limit is None else limit
    numbered: dict[int, int | None] = dict(zip(held, range(1, seats + 1), strict=False))
    was, will = _let_in(rights, before, held, pilots), _let_in(rights, after, numbered, pilots)
    return Effect(_named(rights, was - will), _named(rights, will - was))


def _let_in(
    rights: Iterable[Entitlement], offer: Offer, seats: dict[int, int | None], pilots: frozenset[int]
) -> set[int]:
    """Return the attachments whose right serves today under an offer, with these seats."""
    today = clock.today()
    if offer.is_withdrawn() or not offer.is_subscribed(today):
        return set()
    limit, opened = offer.seat_limit(today), offer.has_opened(today)
    found = set()
    for right in rights:
        seat = seats.get(right.membership_id)
        seated = limit is None or (seat is not None and seat <= limit)
        if seated and (opened or right.membership.agent_id in pilots) and right.starts_on <= today:
            found.add(right.membership_id)
    return found


def _named(rights: Iterable[Entitlement], keys: set[int]) -> list[Membership]:
    """Return these of the attachments that count today, by name."""
    if not keys:
        return []
    people = [right.membership for right in rights if right.membership_id in keys]
    here = Membership.objects.filter(current(clock.today()), agent__state=AgentState.ACTIVE)
    counting = set(here.filter(organization=people[0].organization_id).values_list("pk", flat=True))
    people = [member for member in people if member.pk in counting]
    return sorted(people, key=lambda member: (member.name_key, member.pk))
