"""Reading the catalogue, which is small; what an employer is offered is read in a constant number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from convergences.catalog.errors import UnknownApplication
from convergences.catalog.models import Application, ApplicationRole, Opening, Pilot, Status, Subscription
from convergences.catalog.offers import Offer
from convergences.directory.models import Organization
from convergences.foundations import clock

SHOWN = (Status.PILOT, Status.OPEN)


def applications(statuses: Iterable[str] = SHOWN) -> list[Application]:
    """Return the applications in these states, in the catalogue's order, with their roles."""
    return list(_with_roles().filter(status__in=list(statuses)))


def every_application() -> list[Application]:
    """Return the whole catalogue, drafts and closed ones too, in its order, with roles."""
    return list(_with_roles())


def by_slug(slug: str) -> Application:
    """Return the application of this handle, in whatever state, with its roles; raises `UnknownApplication`."""
    # It may come from an address: PostgreSQL breaks down on a NUL.
    found = None if "\x00" in slug else _with_roles().filter(slug=slug).first()
    if found is None:
        raise UnknownApplication
    return found


def created_since(instant: dt.datetime) -> list[Application]:
    """Return the applications that came to the catalogue since this instant, latest first."""
    return list(_with_roles().filter(created_at__gte=instant).order_by("-created_at"))


def subscribers(application: Application) -> int:
    """Return how many employers have a contract on the application that is current or to come."""
    current = Subscription.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()))
    return current.filter(application=application).count()


def names_of(slugs: Iterable[str]) -> dict[str, str]:
    """Return the names of these applications by handle, in one query; handles that are nobody's are left out."""
    return dict(Application.objects.filter(slug__in=set(slugs)).values_list("slug", "name"))


def _with_roles() -> QuerySet[Application]:
    return Application.objects.prefetch_related(Prefetch("roles", ApplicationRole.objects.order_by("position", "key")))


def subscription(application_id: int, organization_id: int) -> Subscription | None:
    """Return the employer's explicit contract, current or not, or None."""
    return Subscription.objects.filter(application_id=application_id, organization_id=organization_id).first()


def contracts(organization: Organization) -> list[Subscription]:
    """Return the employer's explicit contracts that are current or to come, in the catalogue's order."""
    rows = Subscription.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()))
    found = rows.filter(organization=organization).select_related("application")
    return list(found.order_by("application__position", "application__name"))


def opening(application_id: int, organization_id: int) -> Opening | None:
    """Return the wave in which the application opens for this employer, or None."""
    return Opening.objects.filter(application_id=application_id, organization_id=organization_id).first()


def opens_on(application: Application, organization_id: int) -> dt.date | None:
    """Return from when the application opens for this employer: its wave's date, else the application's, else None."""
    wave = opening(application.pk, organization_id)
    return wave.opens_on if wave else application.opens_on


def is_subscribed(application: Application, organization: Organization, today: dt.date) -> bool:
    """Say whether the employer may use the application today: by a current contract, or by its affiliation."""
    return offers(organization, [application])[application.pk].is_subscribed(today)


def offers(
    organization: Organization, among: Iterable[Application] | None = None, *, agent_id: int | None = None
) -> dict[int, Offer]:
    """Return what the employer is offered of each application, by application's identifier.

    `agent_id`: the agent for whom one asks whether they are a pilot.
    """
    chosen = list(among) if among is not None else every_application()
    ids = [application.pk for application in chosen]
    contracts = {
        s.application_id: s for s in Subscription.objects.filter(organization=organization, application__in=ids)
    }
    waves = {o.application_id: o for o in Opening.objects.filter(organization=organization, application__in=ids)}
    piloted = piloted_by(agent_id) if agent_id is not None else frozenset()
    return {
        application.pk: Offer.of(
            application,
            organization,
            subscription=contracts.get(application.pk),
            opening=waves.get(application.pk),
            pilot=application.pk in piloted,
        )
        for application in chosen
    }


def offers_to(
    organizations: Iterable[Organization], among: Iterable[Application], *, agent_id: int
) -> dict[tuple[int, int], Offer]:
    """Return what an agent's employers are offered, by (organization, application); in three queries."""
    employers, chosen = list(organizations), list(among)
    of_employers = {"organization__in": [employer.pk for employer in employers]}
    contracts = {(s.organization_id, s.application_id): s for s in Subscription.objects.filter(**of_employers)}
    waves = {(o.organization_id, o.application_id): o for o in Opening.objects.filter(**of_employers)}
    piloted = piloted_by(agent_id)
    return {
        (employer.pk, application.pk): Offer.of(
            application,
            employer,
            subscription=contracts.get((employer.pk, application.pk)),
            opening=waves.get((employer.pk, application.pk)),
            pilot=application.pk in piloted,
        )
        for employer in employers
        for application in chosen
    }


def piloted_by(agent_id: int) -> frozenset[int]:
    """Return the identifiers of the applications that this agent tries before the others."""
    return frozenset(Pilot.objects.filter(agent_id=agent_id).values_list("application_id", flat=True))


@dataclass(frozen=True, slots=True)
class Wave:
    """A day on which an application opens: for everybody, or for so many employers of one wave."""

    opens_on: dt.date
    application: Application
    name: str = ""
    organizations: int | None = None


def waves(among: Iterable[Application], *, since: dt.date) -> list[Wave]:
    """Return the openings of these applications from this day on, soonest first; one query."""
    known = {application.pk: application for application in among}
    rows = Opening.objects.filter(opens_on__gte=since, application__in=list(known)).order_by()
    counted = rows.values_list("opens_on", "application_id", "wave").annotate(organizations=Count("pk"))
    found = [Wave(day, known[pk], name, number) for day, pk, name, number in counted]
    found += [Wave(each.opens_on, each) for each in known.values() if each.opens_on and each.opens_on >= since]
    return sorted(found, key=lambda wave: (wave.opens_on, wave.application.position, wave.application.name, wave.name))
