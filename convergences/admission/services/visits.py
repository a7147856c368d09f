"""Visits: who is inside which application. A protocol's room opens them, and tells the application when one ends."""

import datetime as dt
from collections import defaultdict

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, DateTimeField, Value, When

from convergences.admission.actions import Action
from convergences.admission.models import Visit
from convergences.admission.queries import visits_to_end
from convergences.audit.services import About, Actor, record
from convergences.authentication.models import Session
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Agent, Membership
from convergences.foundations import clock
from convergences.foundations.sql import statements
from convergences.foundations.sql.one_text import one_text, values
from convergences.foundations.sql.prepared import Portion

BATCH = 500
_VISIT = Portion(Visit, "id", "uid", "session", "application", "membership", "protocol", "entered_at")
# Most entrances renew a visit: it is found and written at once.
_RENEW = f"""
    UPDATE admission_visit SET last_entered_at = %s
    WHERE session_id = %s AND application_id = %s AND membership_id = %s AND protocol = %s AND end_requested_at IS NULL
    RETURNING {one_text(_VISIT.each_column("admission_visit"))}
"""  # noqa: S608 - made of the model's own names
# These ask us at each request: once a visit must end, the application knows as much as we do.
ASKING = frozenset({Protocol.GATE})
# Nothing can be told to an application behind a simple link either: these visits end as soon as they must.
SILENT = ASKING | {Protocol.LINK}


@transaction.atomic(savepoint=False)
def enter(session: Session, application: Application, membership: Membership, *, protocol: str, actor: Actor) -> Visit:
    """Record that the session is inside the application, once `decide` has said `Enter`; return its open visit.

    Entering again renews the visit. The journal tells the first time only.
    """
    visit = _renewed(session, application, membership, protocol)
    if visit is not None:
        return visit
    now = clock.now()
    try:
        with transaction.atomic():
            visit = Visit.objects.create(
                session=session,
                application=application,
                membership=membership,
                protocol=protocol,
                entered_at=now,
                last_entered_at=now,
            )
    except IntegrityError:
        # Two tabs entered at once: the database let one visit through, which is also the other's.
        visit = _renewed(session, application, membership, protocol)
        if visit is None:
            raise
        return visit
    about = About(
        subject_id=membership.agent_id,
        subject_label=membership.full_name,
        organization_id=membership.organization_id,
        application=application.slug,
    )
    record(Action.APPLICATION_ENTERED, actor=actor, about=about, protocol=protocol)
    return visit


def leave(visit: Visit) -> None:
    """End a visit that the application itself has ended: there is nobody left to tell."""
    now = clock.now()
    open_visit = Visit.objects.filter(pk=visit.pk, end_requested_at__isnull=True)
    open_visit.update(end_requested_at=now, ended_at=now, end_reason="left")


def end_visits(application: Application, *, protocol: str, reason: str, agent: Agent | None = None) -> int:
    """Mark the open visits of an application, or of one agent in it, because of what only its protocol knows; how many.

    Call it in the transaction of its cause. What hangs on a marked visit is dead; the worker tells the application.
    """
    visits = Visit.objects.filter(application=application, protocol=protocol, end_requested_at__isnull=True)
    if agent is not None:
        visits = visits.filter(membership__agent=agent)
    return visits.update(end_requested_at=clock.now(), end_reason=reason)


def request_ends(now: dt.datetime) -> int:
    """Mark every visit that must end, with its reason, for its protocol's room to tell the application; how many.

    Safe to run from several workers at once, and again after a crash: a marked visit is not marked twice.
    """
    by_reason: dict[str, list[int]] = defaultdict(list)
    for ending in visits_to_end(now):
        by_reason[ending.reason].append(ending.visit_id)
    return sum(
        _request(ids[start : start + BATCH], reason, now)
        for reason, ids in by_reason.items()
        for start in range(0, len(ids), BATCH)
    )


@transaction.atomic
def _request(ids: list[int], reason: str, now: dt.datetime) -> int:
    visits = Visit.objects.filter(pk__in=ids, end_requested_at__isnull=True)
    told_at = Case(When(protocol__in=ASKING, then=Value(now)), output_field=DateTimeField())
    silent = visits.filter(protocol__in=SILENT)
    ended = silent.update(end_requested_at=now, end_reason=reason, ended_at=now, told_at=told_at)
    return ended + visits.update(end_requested_at=now, end_reason=reason)


def _renewed(session: Session, application: Application, membership: Membership, protocol: str) -> Visit | None:
    now = connection.ops.adapt_datetimefield_value(clock.now())
    found = statements.ask(_RENEW, [now, session.pk, application.pk, membership.pk, str(protocol)])
    return _VISIT.made(values(found[0][0])) if found else None
