"""Whom a change of contract or of opening lets in and shuts out, before anybody makes it. Nothing here writes."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Pilot
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


def entering(
    organization: Organization, day: dt.date, *, only: Application | None = None, among: Collection[int] | None = None
) -> set[tuple[int, int]]:
    """Return the (attachment, application) pairs by which agents enter that day, under the employer's present offers.

    On one application only, or for these attachments, if told so. Nobody enters for a closed employer. Five queries.
    """
    if not organization.active:
        return set()
    rows = Entitlement.objects.filter(organization=organization, closed_at__isnull=True, starts_on__lte=day)
    rows = rows.exclude(spent(day)).filter(current(day, "membership__"), membership__agent__state=AgentState.ACTIVE)
    rows = rows.filter(application=only) if only else rows
    rows = rows.filter(membership__in=among) if among is not None else rows
    rights = list(rows.values_list("membership_id", "application_id", "seat", "membership__agent_id"))
    offers = catalog.offers(organization, [only] if only else Application.objects.all())
    pilots = set(Pilot.objects.filter(application__in=offers).values_list("application_id", "agent_id"))
    return {
        (member, application)
        for member, application, seat, agent in rights
        if _opens(offers[application], seat, day, pilot=(application, agent) in pilots)
    }


def _opens(offer: Offer, seat: int | None, day: dt.date, *, pilot: bool) -> bool:
    """Say whether a right with this seat serves that day under an offer."""
    limit = offer.seat_limit(day)
    seated = limit is None or (seat is not None and seat <= limit)
    return not offer.is_withdrawn() and offer.is_subscribed(day) and seated and (pilot or offer.has_opened(day))


def _let_in(
    rights: Iterable[Entitlement], offer: Offer, seats: dict[int, int | None], pilots: frozenset[int]
) -> set[int]:
    """Return the attachments whose right serves today under an offer, with these seats."""
    today = clock.today()
    return {
        right.membership_id
        for right in rights
        if right.starts_on <= today
        and _opens(offer, seats.get(right.membership_id), today, pilot=right.membership.agent_id in pilots)
    }


def _named(rights: Iterable[Entitlement], keys: set[int]) -> list[Membership]:
    """Return these of the attachments that count today, by name."""
    if not keys:
        return []
    people = [right.membership for right in rights if right.membership_id in keys]
    here = Membership.objects.filter(current(clock.today()), agent__state=AgentState.ACTIVE)
    counting = set(here.filter(organization=people[0].organization_id).values_list("pk", flat=True))
    people = [member for member in people if member.pk in counting]
    return sorted(people, key=lambda member: (member.name_key, member.pk))
