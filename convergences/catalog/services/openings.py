"""Waves: the date from which an application opens for one employer. Operators and correspondants."""

import datetime as dt

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.catalog import queries
from convergences.catalog.actions import Action
from convergences.catalog.errors import InvalidField
from convergences.catalog.models import Application, Opening
from convergences.directory.models import Organization, Role
from convergences.directory.services import guards, locks

WAVE_LENGTH = 80


@transaction.atomic
def set(  # noqa: A001 - `openings.set(…)`
    application: Application, organization: Organization, opens_on: dt.date, *, actor: Actor, wave: str = ""
) -> Opening:
    """Open the application for this employer on its own date; return the row. Raises `InvalidField`, `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    name = " ".join(wave.split())
    if len(name) > WAVE_LENGTH or not name.isprintable():
        raise InvalidField(f"Le nom de la vague est un texte simple de {WAVE_LENGTH} caractères au plus.", field="wave")
    locks.hold_organization(organization.pk)
    held = queries.opening(application.pk, organization.pk)
    if held and (held.opens_on, held.wave) == (opens_on, name):
        return held
    row = held or Opening(application=application, organization=organization)
    row.opens_on, row.wave = opens_on, name
    row.save()
    about = About(subject_label=organization.name, organization_id=organization.pk, application=application.slug)
    record(Action.OPENING_SET, actor=actor, about=about, opens_on=opens_on.isoformat(), wave=name)
    return row


@transaction.atomic
def clear(application: Application, organization: Organization, *, actor: Actor) -> None:
    """Let the application's own date count again for this employer. Raises `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    locks.hold_organization(organization.pk)
    deleted, _by_table = Opening.objects.filter(application=application, organization=organization).delete()
    if deleted:
        about = About(subject_label=organization.name, organization_id=organization.pk, application=application.slug)
        record(Action.OPENING_CLEARED, actor=actor, about=about)
