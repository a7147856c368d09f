"""Reading rights: the sheet of one agent, the current rights of many, those that expire soon."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from convergences.catalog.models import Application, ApplicationRole
from convergences.directory.models import Membership, Organization
from convergences.entitlements.models import Entitlement
from convergences.entitlements.rules import EXPIRES_SOON_DAYS, Obstacle, is_on_sheet, obstacle
from convergences.entitlements.standing import Standing, spent, standings
from convergences.foundations import clock
from convergences.foundations.text import searchable

MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class RightLine:
    """One application on the sheet of an agent's rights.

    `obstacle` says why a right cannot be given, or changed, now; it can always be removed. `expires_in_days` is set
    when the right ends within 30 days (0: today), `opens_on` while the application is not open for this employer.
    """

    application: Application
    roles: list[ApplicationRole]
    entitlement: Entitlement | None
    obstacle: Obstacle | None
    expires_in_days: int | None
    opens_on: dt.date | None


def rights_sheet(membership: Membership) -> list[RightLine]:
    """Return a line for each application that the employer is offered, or has a right on, in the catalogue's order."""
    today = clock.today()
    return [_line(standing) for standing in standings(membership, today=today) if is_on_sheet(standing)]


def first_rights(organization: Organization) -> list[RightLine]:
    """Return the lines on which an agent who is not there yet may be given a right: nothing held, no obstacle."""
    newcomer = Membership(pk=0, organization=organization)  # nobody's row: it holds no right and pilots nothing
    return [line for line in rights_sheet(newcomer) if line.obstacle is None]


def free_seats(organization: Organization, application: Application) -> int | None:
    """Return how many agents may still be given a right on the application; None where nothing limits it."""
    newcomer = Membership(pk=0, organization=organization)
    [standing] = standings(newcomer, today=clock.today(), applications=[application])
    limit = standing.offer.seat_limit(standing.today)
    return None if limit is None else max(0, limit - standing.seats_taken)


def sheet_version(lines: list[RightLine]) -> str:
    """Return a word that changes with any right of the sheet: what a form sends back to show what it was built on."""
    return "-".join(str(line.entitlement.pk) for line in lines if line.entitlement) or "0"


def current_for(membership_ids: Collection[int]) -> dict[int, list[Entitlement]]:
    """Return the current rights of each of these memberships (none: an empty list), applications loaded; one query."""
    rows = current_rights().filter(membership_id__in=membership_ids).select_related("application")
    found: dict[int, list[Entitlement]] = defaultdict(list)
    for right in rows.order_by("application__position", "application__name"):
        found[right.membership_id].append(right)
    return {pk: found[pk] for pk in membership_ids}


def current_rights() -> QuerySet[Entitlement]:
    """Return the rights that serve today."""
    today = clock.today()
    return Entitlement.objects.filter(closed_at__isnull=True, starts_on__lte=today).exclude(spent(today))


def holders_by_application() -> dict[int, int]:
    """Return how many agents hold a right that serves today, by application's identifier; one query."""
    counted = current_rights().order_by().values_list("application_id")
    return dict(counted.annotate(agents=Count("membership__agent_id", distinct=True)))


def holders(application: Application, q: str = "", *, limit: int) -> list[Entitlement]:
    """Return some of the rights that serve today on the application, with agent and employer, by name; one query.

    `q` asks for every word, in any order, without accents or case, of what the employer sees of its agent.
    """
    rows = current_rights().filter(application=application)
    for word in searchable(q.replace("-", " ")).split()[:MAX_WORDS]:
        rows = rows.filter(membership__search_text__contains=word)
    people = rows.select_related("membership__agent", "membership__organization")
    return list(people.order_by("membership__name_key", "pk")[:limit])


def expiring(organization: Organization, days: int = EXPIRES_SOON_DAYS) -> QuerySet[Entitlement]:
    """Return the organization's current rights whose last day is within so many days, soonest first."""
    last = clock.today() + dt.timedelta(days=days)
    rows = current_rights().filter(Q(ends_on__lte=last), organization=organization)
    return rows.select_related("membership__agent", "application").order_by("ends_on", "pk")


def history(membership: Membership) -> QuerySet[Entitlement]:
    """Return every right that this membership has had, latest first."""
    rows = Entitlement.objects.filter(membership=membership).select_related("application")
    return rows.order_by("-granted_at", "-pk")


def _line(standing: Standing) -> RightLine:
    held = standing.held
    days = (held.ends_on - standing.today).days if held and held.ends_on else None
    return RightLine(
        application=standing.application,
        roles=list(standing.application.roles.all()),
        entitlement=held,
        obstacle=obstacle(standing),
        expires_in_days=days if days is not None and days <= EXPIRES_SOON_DAYS else None,
        opens_on=None if standing.offer.has_opened(standing.today) else standing.offer.opens_on,
    )
