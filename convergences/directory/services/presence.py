"""When a correspondant can be reached, and who replaces them. Each correspondant says it for themself."""

import datetime as dt

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.directory import rules
from convergences.directory.actions import Action
from convergences.directory.details import LATEST, clean_text
from convergences.directory.errors import DatesInDisorder, ForTheCentre, InvalidField, WrongState
from convergences.directory.models import Agent, Presence, Role
from convergences.directory.services import guards, locks
from convergences.foundations import clock

HOURS_LENGTH = 120


@transaction.atomic
def set_hours(hours: str, *, actor: Actor) -> Presence:
    """Say at what hours one can be reached. Raises `InvalidField`, `ForTheCentre`."""
    held = _own(actor)
    held.hours = clean_text(hours, "Le texte", "hours", length=HOURS_LENGTH)
    held.save()
    _tell(Action.HOURS_CHANGED, actor, hours=held.hours)
    return held


@transaction.atomic
def announce(first: dt.date, last: dt.date, replaced_by: Agent | None, *, actor: Actor) -> Presence:
    """Say from when to when one is away, both days included, and who replaces; in place of what was announced before.

    Raises `DatesInDisorder`, `InvalidField` (nobody replaces who is not a correspondant, or is away too; nobody
    themself), `ForTheCentre`.
    """
    held = _own(actor)
    if last < max(first, clock.today()):
        raise DatesInDisorder("Choisissez un dernier jour à venir, après le premier.", field="last")
    if last > LATEST:
        raise InvalidField("Vérifiez l'année de cette date.", field="last")
    if replaced_by is not None:
        _check_replaces(replaced_by, first, last, held.agent_id)
    held.absent_from, held.absent_until, held.replaced_by = first, last, replaced_by
    held.save()
    _tell(
        Action.ABSENCE_ANNOUNCED,
        actor,
        starts=first.isoformat(),
        until=last.isoformat(),
        replaced_by=replaced_by.full_name if replaced_by else "",
    )
    return held


@transaction.atomic
def come_back(*, actor: Actor) -> Presence:
    """Take back an absence, begun or not. Raises `WrongState` when there is none, `ForTheCentre`."""
    held = _own(actor)
    if held.absent_until is None or held.absent_until < clock.today():
        raise WrongState("Aucune absence n'est annoncée.")
    held.absent_from = held.absent_until = held.replaced_by = None
    held.save()
    _tell(Action.ABSENCE_ENDED, actor)
    return held


def _own(actor: Actor) -> Presence:
    agent = guards.acting_agent(actor)
    if agent is None or not rules.has_role(agent, Role.CORRESPONDENT):
        raise ForTheCentre
    locks.hold_agent(agent.pk)
    return Presence.objects.filter(agent=agent).first() or Presence(agent=agent)


def _check_replaces(chosen: Agent, first: dt.date, last: dt.date, own_id: int) -> None:
    if chosen.pk == own_id or not rules.has_role(chosen, Role.CORRESPONDENT):
        raise InvalidField("Choisissez un autre correspondant du centre.", field="replaced_by")
    theirs = Presence.objects.filter(agent=chosen, absent_from__lte=last, absent_until__gte=first)
    if theirs.exists():
        raise InvalidField(
            f"{chosen.full_name} s'absente aussi pendant ces jours : choisissez quelqu'un d'autre.", field="replaced_by"
        )


def _tell(word: Action, actor: Actor, **details: str) -> None:
    about = About(subject_id=actor.agent_id, subject_label=actor.label)
    record(word, actor=actor, about=about, **{name: value for name, value in details.items() if value})
