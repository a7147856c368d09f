"""Calling again a référent who never came: the invitation once more, at most once a day."""

from django.db import transaction

from convergences.adoption import queries
from convergences.adoption.errors import CalledToday, NobodyToCall
from convergences.audit.services import Actor
from convergences.directory.models import Membership, Role
from convergences.directory.narrowing import Narrowing
from convergences.directory.services import guards, locks
from convergences.foundations import clock
from convergences.lifecycle import services as lifecycle


@transaction.atomic
def call_again(membership: Membership, *, actor: Actor) -> Membership:
    """Send a référent's invitation again, for 14 more days; it is journaled. Return the membership.

    Raises `ForTheCentre`, `NobodyToCall`, `CalledToday`, and what `lifecycle.invite_again` raises (`TooSoon`: the day
    changes at midnight, ten minutes do not; `WrongState`: they have a password already; `MembershipOver`).
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_open_membership(membership)  # two correspondants at once: the second reads what the first did
    if not queries.never_connected(Narrowing()).filter(pk=held.pk).exists():
        raise NobodyToCall(held.full_name)
    if held.invited_at is not None and clock.day_of(held.invited_at) == clock.today():
        raise CalledToday(held.full_name)
    return lifecycle.invite_again(held, giver=None, actor=actor)
