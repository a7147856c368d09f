"""The register of rights: rows are opened and closed here, each with its audit event. No rule is checked here.

A row is never rewritten: a change closes it and opens another, so that the table tells who had what, when, given by
whom.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from convergences.audit.services import About, Actor, record, record_each
from convergences.audit.words import Word
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements.errors import AlreadyGranted, NoSeat
from convergences.entitlements.models import Entitlement
from convergences.entitlements.rules import role_names
from convergences.entitlements.terms import Terms
from convergences.foundations import clock

ATTEMPTS = 20
LABEL = 200
REASON = 300


@dataclass(frozen=True, slots=True)
class Giving:
    """Who gives: the agent on whose authority (None: the operator), and who the journal says acted."""

    giver: Agent | None
    actor: Actor

    @property
    def name(self) -> str:
        """The name that the right's row keeps."""
        return self.giver.full_name if self.giver else self.actor.label


def drafted(membership: Membership, application: Application, terms: Terms, *, giving: Giving) -> Entitlement:
    """Return a right that begins today, not yet written."""
    return Entitlement(
        membership=membership,
        organization_id=membership.organization_id,
        application=application,
        roles=list(terms.roles),
        starts_on=clock.today(),
        ends_on=terms.ends_on,
        reason=terms.reason[:REASON],
        granted_at=clock.now(),
        granted_by_id=giving.giver.pk if giving.giver else None,
        granted_by=giving.name[:LABEL],
    )


def open_right(right: Entitlement, *, seats: int | None) -> None:
    """Write a new right, on a seat where they are limited. Raises `NoSeat`, and `AlreadyGranted` when another act has
    given the same right meanwhile.
    """
    if not seated(right, seats=seats, write=lambda: right.save(force_insert=True)):
        raise NoSeat("Toutes les places de l'abonnement sont prises.", application=right.application)


def seated(right: Entitlement, *, seats: int | None, write: Callable[[], None]) -> bool:
    """Write a right on its own seat if that is within the limit, else on the lowest free one; False when none is free.

    Two référents may ask for the last seat in the same instant: the database's unique constraint lets one through, and
    the other looks again.
    """
    for _ in range(ATTEMPTS):
        if seats is not None and (right.seat is None or right.seat > seats):
            right.seat = lowest_free_seat(right.organization_id, right.application_id, seats=seats)
            if right.seat is None:
                return False
        try:
            with transaction.atomic():
                write()
        except IntegrityError:
            if _was_given_meanwhile(right):
                raise AlreadyGranted(right.application) from None
            right.seat = None
        else:
            return True
    return False


def lowest_free_seat(organization_id: int, application_id: int, *, seats: int) -> int | None:
    """Return the lowest number in 1…`seats` that no open right occupies, or None."""
    rows = Entitlement.objects.filter(organization_id=organization_id, application_id=application_id)
    taken = set(rows.filter(closed_at__isnull=True, seat__lte=seats).values_list("seat", flat=True))
    return next((seat for seat in range(1, seats + 1) if seat not in taken), None)


def close_right(right: Entitlement, *, actor: Actor, reason: str) -> bool:
    """Close an open right; False when somebody closed it first, so that an end is told once and by its author."""
    now = clock.now()
    closed = Entitlement.objects.filter(pk=right.pk, closed_at__isnull=True).update(
        closed_at=now, closed_by=actor.label[:LABEL], close_reason=reason[:120]
    )
    if closed:
        right.closed_at, right.closed_by, right.close_reason = now, actor.label, reason
    return bool(closed)


def journal(word: Word, right: Entitlement, *, actor: Actor, **details: object) -> None:
    """Write what became of a right. The subject bears the name that the employer knows."""
    record(word, actor=actor, about=_about(right), **terms_in_words(right), **details)


def journal_each(word: Word, rights: Iterable[Entitlement], *, actor: Actor, **details: object) -> None:
    """Write the same of many rights, in a few statements."""
    record_each(word, ((_about(each), {**terms_in_words(each), **details}) for each in rights), actor=actor)


def _about(right: Entitlement) -> About:
    return About(
        subject_id=right.membership.agent_id,
        subject_label=right.membership.full_name,
        organization_id=right.organization_id,
        application=right.application.slug,
    )


def terms_in_words(right: Entitlement) -> dict[str, object]:
    """Return what the journal keeps of a right: roles and last day, as people read them."""
    names = role_names(right.application, right.roles)
    return {"roles": list(names), "until": _iso(right.ends_on)}


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _was_given_meanwhile(right: Entitlement) -> bool:
    others = Entitlement.objects.filter(membership_id=right.membership_id, application_id=right.application_id)
    return others.filter(closed_at__isnull=True).exclude(pk=right.pk).exists()
