"""What an employer may open: its contract on an application and its own opening date, with the seats they make."""

import datetime as dt

from django.db import transaction

from convergences.audit.services import Actor
from convergences.catalog import queries
from convergences.catalog.models import Application
from convergences.catalog.offers import Contract
from convergences.catalog.services import openings, subscriptions
from convergences.directory.models import Organization
from convergences.entitlements.effects import entering
from convergences.entitlements.services import assign_seats
from convergences.foundations import clock
from convergences.lifecycle.services import losses


@transaction.atomic
def offer(
    organization: Organization,
    application: Application,
    contract: Contract | None,
    opens_on: dt.date | None,
    *,
    actor: Actor,
) -> None:
    """Make the employer's contract and opening date what is said; None: none of its own. Seats follow at once.

    Who enters no more is told by mail some minutes later (`losses`). Raises `DatesInDisorder`,
    `InvalidField`, `ForTheCentre`; then nothing is done.
    """
    before = entering(organization, clock.today(), only=application)
    if opens_on is None:
        openings.clear(application, organization, actor=actor)
    elif opens_on != _own_date(organization, application):
        openings.set(application, organization, opens_on, actor=actor)
    if contract is None:
        subscriptions.remove(organization, application, actor=actor)
    else:
        assign_seats(subscriptions.set(organization, application, terms=contract, actor=actor), actor=actor)
    losses.note_changed(organization, application, before)


def _own_date(organization: Organization, application: Application) -> dt.date | None:
    wave = queries.opening(application.pk, organization.pk)
    return wave.opens_on if wave else None
