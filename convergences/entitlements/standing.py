"""How an agent's employer stands with each application today: all that is needed to say whether a right may be given.

Read in a number of queries that depends neither on applications nor on agents.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery

from convergences.catalog.models import Application, ApplicationRole, Opening, Pilot, Subscription
from convergences.catalog.offers import Offer
from convergences.directory.models import Membership
from convergences.entitlements.models import Entitlement


@dataclass(frozen=True, slots=True)
class Standing:
    """One application, as the employer of one membership is offered it, and the right held there, if any.

    `seats_taken` counts those within the limit of a current contract.
    """

    application: Application
    employer: str
    offer: Offer
    seats_taken: int
    held: Entitlement | None
    today: dt.date


def spent(today: dt.date) -> Q:
    """Rights that no longer serve: their last day is past, or the agent's at this employer."""
    return Q(ends_on__lt=today) | Q(membership__closed_at__isnull=False) | Q(membership__ends_on__lt=today)


def standings(
    membership: Membership, *, today: dt.date, applications: Iterable[Application] | None = None
) -> list[Standing]:
    """Return the standing of the membership with each application (all of the catalogue's unless told which).

    The catalogue is small; agents, organizations and rights are many: only those of this membership are read.
    """
    chosen = list(applications) if applications is not None else list(_catalogue())
    ids = [application.pk for application in chosen]
    organization = membership.organization
    subscriptions = {s.application_id: (s, taken) for s, taken in _subscriptions(organization.pk, ids, today)}
    openings = {o.application_id: o for o in Opening.objects.filter(organization=organization, application__in=ids)}
    pilots = _piloted(membership, ids)
    held = {right.application_id: right for right in _held(membership, ids, today)}
    found = []
    for application in chosen:
        subscription, taken = subscriptions.get(application.pk, (None, 0))
        offer = Offer.of(
            application,
            organization,
            subscription=subscription,
            opening=openings.get(application.pk),
            pilot=application.pk in pilots,
        )
        found.append(Standing(application, organization.name, offer, taken, held.get(application.pk), today))
    return found


def _catalogue() -> Iterable[Application]:
    return Application.objects.prefetch_related(Prefetch("roles", ApplicationRole.objects.all()))


def _held(membership: Membership, applications: list[int], today: dt.date) -> QuerySet[Entitlement]:
    rows = Entitlement.objects.filter(membership=membership, application__in=applications, closed_at__isnull=True)
    return rows.exclude(spent(today)).select_related("application", "membership__agent")


def _piloted(membership: Membership, applications: list[int]) -> set[int]:
    # While the agent has not accepted the attachment, that somebody of this address pilots an application is a thing
    # this employer may not learn (DOMAIN, rule 1).
    if membership.confirmed_at is None:
        return set()
    pilots = Pilot.objects.filter(agent_id=membership.agent_id, application__in=applications)
    return set(pilots.values_list("application_id", flat=True))


def _subscriptions(organization_id: int, applications: list[int], today: dt.date) -> list[tuple[Subscription, int]]:
    seated = (
        Entitlement.objects.filter(
            organization_id=OuterRef("organization_id"),
            application_id=OuterRef("application_id"),
            closed_at__isnull=True,
            seat__lte=OuterRef("seats"),
        )
        .exclude(spent(today))
        .order_by()
        .values("application_id")
        .annotate(taken=Count("pk"))
        .values("taken")
    )
    rows = Subscription.objects.filter(organization_id=organization_id, application__in=applications)
    return [(row, row.taken or 0) for row in rows.annotate(taken=Subquery(seated))]
