"""Agents who open an application before the others, once they have a right on it. Operators and engineers."""

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.catalog.actions import Action
from convergences.catalog.models import Application, Pilot
from convergences.directory.models import Agent, Role
from convergences.directory.services import guards


@transaction.atomic
def add(application: Application, agent: Agent, *, actor: Actor) -> Pilot:
    """Make the agent a pilot, and return the row, also when they are one already. Raises `ForTheCentre`."""
    guards.check_centre(actor, Role.ENGINEER)
    row, made = Pilot.objects.get_or_create(application=application, agent=agent)
    if made:
        record(Action.PILOT_ADDED, actor=actor, about=_about(application, agent))
    return row


@transaction.atomic
def remove(application: Application, agent: Agent, *, actor: Actor) -> None:
    """Make the agent wait like the others, if they were a pilot. Raises `ForTheCentre`."""
    guards.check_centre(actor, Role.ENGINEER)
    deleted, _by_table = Pilot.objects.filter(application=application, agent=agent).delete()
    if deleted:
        record(Action.PILOT_REMOVED, actor=actor, about=_about(application, agent))


def _about(application: Application, agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name, application=application.slug)
