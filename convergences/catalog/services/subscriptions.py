"""Contracts: this employer may use this application, from, until, for so many agents. Operators and correspondants."""

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.catalog import queries
from convergences.catalog.actions import Action
from convergences.catalog.errors import DatesInDisorder, InvalidField
from convergences.catalog.models import Application, Subscription
from convergences.catalog.offers import Contract
from convergences.directory.models import Organization, Role
from convergences.directory.services import guards, locks

MAX_SEATS = 2_147_483_647


@transaction.atomic
def set(organization: Organization, application: Application, *, terms: Contract, actor: Actor) -> Subscription:  # noqa: A001 - `subscriptions.set(…)`
    """Make the employer's contract what is said, and return it; nothing is journaled when it was so already.

    Raises `DatesInDisorder`, `InvalidField`, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    if terms.ends_on and terms.ends_on < terms.starts_on:
        raise DatesInDisorder
    if terms.seats is not None and not 0 <= terms.seats <= MAX_SEATS:
        raise InvalidField("Le nombre de places ne peut pas être négatif.", field="seats")
    locks.hold_organization(organization.pk)
    held = queries.subscription(application.pk, organization.pk)
    row = held or Subscription(organization=organization, application=application)
    if held and (held.starts_on, held.ends_on, held.seats) == (terms.starts_on, terms.ends_on, terms.seats):
        return held
    row.starts_on, row.ends_on, row.seats = terms.starts_on, terms.ends_on, terms.seats
    row.save()
    record(
        Action.SUBSCRIPTION_SET,
        actor=actor,
        about=_about(organization, application),
        starts_on=terms.starts_on.isoformat(),
        ends_on=terms.ends_on.isoformat() if terms.ends_on else None,
        seats=terms.seats,
    )
    return row


@transaction.atomic
def remove(organization: Organization, application: Application, *, actor: Actor) -> None:
    """Take the employer's contract away, if there is one. Raises `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    locks.hold_organization(organization.pk)
    deleted, _by_table = Subscription.objects.filter(organization=organization, application=application).delete()
    if deleted:
        record(Action.SUBSCRIPTION_REMOVED, actor=actor, about=_about(organization, application))


def _about(organization: Organization, application: Application) -> About:
    return About(subject_label=organization.name, organization_id=organization.pk, application=application.slug)
