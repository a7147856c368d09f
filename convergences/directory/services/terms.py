"""The last day of a référent, said beforehand: from the next morning they are an agent like others, worker or not."""

import datetime as dt

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.actions import Action
from convergences.directory.details import LATEST
from convergences.directory.errors import InvalidField, NotWarranted, WrongState
from convergences.directory.models import Membership, Role
from convergences.directory.services import guards, locks
from convergences.directory.services.journal import tell
from convergences.foundations import clock


@transaction.atomic
def plan_end(membership: Membership, last: dt.date, *, warrant: str, actor: Actor) -> Membership:
    """Say until when, that day included, a référent is one; return the membership.

    Raises `NotWarranted`, `WrongState` (no référent any more), `InvalidField` (a day that is past), `MembershipOver`.
    """
    held = _hold_referent(membership, actor)
    if last < clock.today():
        raise InvalidField("Cette date est passée : choisissez aujourd'hui ou un jour à venir.", field="last")
    if last > LATEST:
        raise InvalidField("Vérifiez l'année de cette date.", field="last")
    held.referent_until = last
    held.save(update_fields=["referent_until"])
    tell(Action.REFERENT_END_PLANNED, held, actor=actor, until=last.isoformat(), warrant=warrant.strip()[:200])
    return held


@transaction.atomic
def lift_end(membership: Membership, *, actor: Actor) -> Membership:
    """Take back an end said beforehand; return the membership. Raises as `plan_end`."""
    held = _hold_referent(membership, actor)
    if held.referent_until is None:
        raise WrongState("Aucune fin de mandat n'est prévue.")
    held.referent_until = None
    held.save(update_fields=["referent_until"])
    tell(Action.REFERENT_END_LIFTED, held, actor=actor)
    return held


def _hold_referent(membership: Membership, actor: Actor) -> Membership:
    if not guards.acts_for_the_centre(actor, Role.CORRESPONDENT):
        raise NotWarranted
    held = locks.hold_open_membership(membership)
    if not held.is_referent:
        raise WrongState("Cette personne n'est plus référent.")
    return held
