"""How an agent's employer stands with each application today: all that is needed to say whether a right may be given.

Read in a number of queries that depends neither on applications nor on agents.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Subscription
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
    chosen = list(applications) if applications is not None else catalog.every_application()
    ids = [application.pk for application in chosen]
    organization = membership.organization
    offers = catalog.offers(organization, chosen, agent_id=_known_agent(membership))
    taken = _seats_taken(organization.pk, ids, today)
    held = {right.application_id: right for right in _held(membership, ids, today)}
    return [
        Standing(
            application=application,
            employer=organization.name,
            offer=offers[application.pk],
            seats_taken=taken.get(application.pk, 0),
            held=held.get(application.pk),
            today=today,
        )
        for application in chosen
    ]


def _known_agent(membership: Membership) -> int | None:
    # While the agent has not accepted the attachment, that somebody of this address pilots an application is a thing
    # this employer may not learn (DOMAIN, rule 1).
    return membership.agent_id if membership.confirmed_at else None


def _held(membership: Membership, applications: list[int], today: dt.date) -> QuerySet[Entitlement]:
    rows = Entitlement.objects.filter(membership=membership, application__in=applications, closed_at__isnull=True)
    return rows.exclude(spent(today)).select_related("application", "membership__agent")


def _seats_taken(organization_id: int, applications: list[int], today: dt.date) -> dict[int, int]:
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
    limited = Subscription.objects.filter(
        organization_id=organization_id, application__in=applications, seats__isnull=False
    )
    counted = limited.annotate(taken=Coalesce(Subquery(seated), 0))
    return dict(counted.values_list("application_id", "taken"))
