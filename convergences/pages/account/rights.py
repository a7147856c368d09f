"""One's own rights, application by application, for each employer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Status
from convergences.catalog.offers import Offer
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements import queries as entitlements
from convergences.entitlements.models import Entitlement
from convergences.entitlements.rules import EXPIRES_SOON_DAYS, role_names
from convergences.foundations import clock
from convergences.foundations.text import day_in_words, listed
from convergences.web.wording.dates import in_days


@dataclass(frozen=True, slots=True)
class Chip:
    """What is to be noticed of a right, in a few words."""

    tone: str
    text: str
    icon: str


@dataclass(frozen=True, slots=True)
class Line:
    """One application: the right held, or none."""

    name: str
    icon: str
    held: bool
    roles: str = ""
    ends_on: dt.date | None = None
    chip: Chip | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one employer gives."""

    organization: Organization
    lines: list[Line]


def sheets_of(agent: Agent, employers: Sequence[Membership]) -> list[Sheet]:
    """Return the rights that each employer gives; as many queries for one employer as for several."""
    applications = catalog.every_application()
    rights = entitlements.current_for([employer.pk for employer in employers])
    offers = catalog.offers_to([employer.organization for employer in employers], applications, agent_id=agent.pk)
    return [_sheet(employer, applications, rights[employer.pk], offers) for employer in employers]


def _sheet(
    employer: Membership,
    applications: list[Application],
    rights: list[Entitlement],
    offers: dict[tuple[int, int], Offer],
) -> Sheet:
    lines = []
    for application in applications:
        right = next((each for each in rights if each.application_id == application.pk), None)
        offer = offers[employer.organization_id, application.pk]
        if right:
            lines.append(_held(application, right, offer))
        elif offer.status == Status.OPEN and offer.is_subscribed(clock.today()):
            lines.append(Line(application.name, application.icon, held=False))
    return Sheet(employer.organization, lines)


def _held(application: Application, right: Entitlement, offer: Offer) -> Line:
    return Line(
        application.name,
        application.icon,
        held=True,
        roles=listed(list(role_names(application, right.roles))) or "Accès",
        ends_on=right.ends_on,
        chip=_chip(right, offer),
    )


def _chip(right: Entitlement, offer: Offer) -> Chip:
    today = clock.today()
    if offer.is_withdrawn() or not offer.is_subscribed(today):
        return Chip("bad", "Fermée", "lock")
    if not offer.has_opened(today):
        words = f"Ouverture le {day_in_words(offer.opens_on)}" if offer.opens_on else "Bientôt"
        return Chip("info", words, "calendar-event")
    if right.ends_on and (right.ends_on - today).days <= EXPIRES_SOON_DAYS:
        return Chip("warn", in_days(right.ends_on), "clock")
    return Chip("ok", "Ouvert", "check")
