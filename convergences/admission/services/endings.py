"""Telling applications that a visit is over: what is due, who tries it, and what came of it.

A protocol's room claims visits, tells their applications outside of any transaction, and says here what was answered.
Several workers may run: a claim is a short lease; a worker killed meanwhile leaves the visit to another. An application
may so be told twice, never not at all.
"""

import datetime as dt
from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from convergences.admission.actions import Action
from convergences.admission.models import Visit
from convergences.audit.services import SYSTEM, About, record
from convergences.foundations import clock

LEASE = dt.timedelta(seconds=60)
# Then given up, about eleven hours after the first try: the session that opened the visit would be over by itself.
DELAYS = tuple(dt.timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 3600, 7200, 7200, 14400))
LONGEST_ERROR = 300
MARKED = Q(end_requested_at__isnull=False, ended_at__isnull=True)


def to_tell(protocol: str, now: dt.datetime) -> QuerySet[Visit]:
    """Return the ending visits of a protocol whose application should hear of it now, the oldest first."""
    due = Q(tell_after__isnull=True) | Q(tell_after__lte=now)
    return Visit.objects.filter(MARKED, due, protocol=protocol).order_by("end_requested_at", "pk")


def claim(protocol: str, application_id: int, *, most: int) -> list[Visit]:
    """Take the oldest visits of one application to tell, for the time of a lease; another worker takes others."""
    with transaction.atomic():  # IMMEDIATE on SQLite
        now = clock.now()
        due = to_tell(protocol, now).filter(application_id=application_id)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:most])
        claimed = list(Visit.objects.filter(pk__in=ids).select_related("membership__agent", "application", "session"))
        for visit in claimed:
            visit.telling_attempts += 1
            visit.tell_after = now + LEASE
            visit.save(update_fields=["telling_attempts", "tell_after"])
    return sorted(claimed, key=lambda visit: (visit.end_requested_at or now, visit.pk))


def end_untold(protocol: str, *, able: Collection[int]) -> int:
    """End the visits of applications that cannot be told (all but `able`); return how many."""
    waiting = Visit.objects.filter(MARKED, protocol=protocol).exclude(application_id__in=able)
    return waiting.update(ended_at=clock.now()) if waiting.exists() else 0


def told(visit: Visit) -> None:
    """Write that the application has acknowledged."""
    now = clock.now()
    Visit.objects.filter(pk=visit.pk).update(ended_at=now, told_at=now, given_up_at=None, telling_error="")


def not_told(visit: Visit, error: str, *, final: bool = False) -> None:
    """Write that the application did not hear, and why: it is tried again later, or given up and journaled."""
    now, line = clock.now(), " ".join(error.split())[:LONGEST_ERROR]
    # Only if no other worker has claimed it since: this one may have been asleep longer than its lease.
    mine = Visit.objects.filter(MARKED, pk=visit.pk, telling_attempts=visit.telling_attempts)
    if not final and visit.telling_attempts <= len(DELAYS):
        mine.update(tell_after=now + DELAYS[visit.telling_attempts - 1], telling_error=line)
        return
    with transaction.atomic():
        if mine.update(ended_at=now, given_up_at=now, telling_error=line):
            about = About(
                subject_id=visit.membership.agent_id,
                subject_label=visit.membership.full_name,
                organization_id=visit.membership.organization_id,
                application=visit.application.slug,
            )
            record(Action.APPLICATION_NOT_TOLD, actor=SYSTEM, about=about, error=line)


def put_off(visits: Collection[Visit], after: dt.timedelta) -> None:
    """Give back visits that were claimed and not tried: their application did not answer for another."""
    for visit in visits:
        mine = Visit.objects.filter(MARKED, pk=visit.pk, telling_attempts=visit.telling_attempts)
        mine.update(telling_attempts=visit.telling_attempts - 1, tell_after=clock.now() + after)


def waiting() -> QuerySet[Visit]:
    """Return the visits whose application is still to be told, the oldest first."""
    return Visit.objects.filter(MARKED).order_by("end_requested_at")


def given_up() -> QuerySet[Visit]:
    """Return the visits whose application was never told, the latest first."""
    return Visit.objects.filter(given_up_at__isnull=False).order_by("-given_up_at")


def retry(visits: QuerySet[Visit]) -> int:
    """Tell again what was given up, as if new; return how many."""
    again = visits.filter(given_up_at__isnull=False)
    return again.update(ended_at=None, given_up_at=None, telling_attempts=0, tell_after=None)
