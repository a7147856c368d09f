"""The end of a mandate: now, or on a day. The person stays an agent, with an account and rights.

On a day, nothing waits for the worker: who may do what is judged by the day itself (`directory.queries.referent`). The
worker only writes it down the next morning.
"""

import datetime as dt

from django.db import transaction

from convergences.audit.services import SYSTEM, Actor
from convergences.campaigns import mails, mandates
from convergences.campaigns.errors import OwnMandate
from convergences.campaigns.models import Mandate
from convergences.directory import employers
from convergences.directory.details import clean_text
from convergences.directory.errors import WrongState
from convergences.directory.models import Membership, Profile, Role
from convergences.directory.services import guards, locks, memberships, terms
from convergences.foundations import clock, outbox
from convergences.foundations.text import day_in_words

AT_ONCE = 50
REASON_LENGTH = 120


@transaction.atomic
def end(membership: Membership, *, reason: str = "", actor: Actor) -> Membership:
    """End a mandate at once; the référent and the autorité territoriale are told. Return the membership.

    Raises `ForTheCentre`, `OwnMandate`, `WrongState` (no référent any more), `InvalidField`, `MembershipOver`.
    """
    warrant = _warrant(reason)
    held = _hold(membership, actor)
    memberships.demote(held, warrant=warrant, actor=actor)
    _write_down(held, clock.today())
    _tell_of_end(held, clock.today(), actor)
    return held


@transaction.atomic
def end_on(membership: Membership, last: dt.date, *, reason: str = "", actor: Actor) -> Membership:
    """Say the last day of a mandate; the référent and the autorité territoriale are told. Return the membership.

    Raises as `end`, and `InvalidField` for a day that is past.
    """
    warrant = _warrant(reason)
    held = _hold(membership, actor)
    held = terms.plan_end(held, last, warrant=warrant, actor=actor)
    if held.email:
        outbox.post(mails.end_planned(held, last))
    _tell_authority(held, last, over=False)
    return held


@transaction.atomic
def lift_end(membership: Membership, *, actor: Actor) -> Membership:
    """Take back the last day of a mandate, and tell those who were told of it; return the membership.

    Raises `ForTheCentre`, `OwnMandate`, `WrongState`.
    """
    held = terms.lift_end(_hold(membership, actor), actor=actor)
    if held.email:
        outbox.post(mails.end_lifted(held))
    if held.organization.authority_email:
        outbox.post(mails.mandate_goes_on(held))
    return held


def end_due(today: dt.date) -> int:
    """Write down the mandates whose last day is past; return how many. For the worker."""
    over = Membership.objects.filter(
        profile=Profile.REFERENT, referent_until__lt=today, closed_at__isnull=True
    ).order_by("pk")
    return sum(_ended(member, today) for member in over[:AT_ONCE])


@transaction.atomic
def _ended(membership: Membership, today: dt.date) -> bool:
    held = locks.hold_open_membership(membership)
    last = held.referent_until
    if held.profile != Profile.REFERENT or last is None or last >= today:
        return False  # another worker was quicker, or the end was taken back
    memberships.demote(held, warrant=f"Fin de mandat prévue le {day_in_words(last)}", actor=SYSTEM)
    _write_down(held, last)
    _tell_of_end(held, last, SYSTEM)
    return True


def _hold(membership: Membership, actor: Actor) -> Membership:
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_open_membership(membership)
    if not held.is_referent:
        raise WrongState("Cette personne n'est plus référent.")
    own = mandates.holders().filter(organization=held.organization_id, agent=actor.agent_id)
    if actor.agent_id is not None and own.exists():
        raise OwnMandate
    return held


def _warrant(reason: str) -> str:
    said = clean_text(reason, "Le motif", "reason", length=REASON_LENGTH)
    return f"Fin de mandat : {said}" if said else "Fin de mandat"


def _write_down(membership: Membership, last: dt.date) -> None:
    Mandate.objects.filter(membership=membership, ended_on__isnull=True).update(ended_on=last)


def _tell_of_end(held: Membership, last: dt.date, actor: Actor) -> None:
    if held.email:
        outbox.post(mails.ended(held, "votre mandat a pris fin"))
    if actor is not SYSTEM:  # told beforehand of the ends that the worker writes down
        _tell_authority(held, last, over=True)


def _tell_authority(held: Membership, last: dt.date, *, over: bool) -> None:
    organization = held.organization
    if organization.authority_email:
        left = employers.named_referents().filter(organization=organization).exclude(pk=held.pk).count()
        outbox.post(mails.mandate_over(held, last, over=over, left=left))
