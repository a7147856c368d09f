"""Events go twelve months after they happened (CNIL, délibération 2021-122: six months to a year), oldest first.

The chain is cut at its beginning only, and never silently: `AuditOrigin` keeps the seal of the last event that went, to
which the first one kept is chained, under a code of ours; the database lets go of nothing else. What is purged is
verified first, so that a purge wipes out no trace of tampering; and it is an event itself.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Max

from convergences.audit.actions import Action
from convergences.audit.columns import CONTENT
from convergences.audit.models import AuditEvent, AuditOrigin
from convergences.audit.sealing import claimed_head, keys, origin_code
from convergences.audit.services import SYSTEM, record
from convergences.audit.verification import Report, check_one, from_origin, origin_now
from convergences.foundations import clock

log = structlog.get_logger(__name__)

KEPT = dt.timedelta(days=365)
AT_ONCE = 1000


def purge() -> int:
    """Remove the oldest events that are past their time, a batch of them; return how many. For the worker.

    Not while another worker seals or purges, and never the last event: the next one is chained to it.
    """
    before = clock.now() - KEPT
    oldest = AuditEvent.objects.filter(sequence__isnull=False).order_by("sequence").values_list("at", flat=True)
    first = oldest[:1].first()
    if first is None or first >= before:
        return 0
    with transaction.atomic():  # IMMEDIATE on SQLite
        if claimed_head() is None:
            return 0
        return _purge(origin_now(), before)


def _purge(origin: AuditOrigin, before: dt.datetime) -> int:
    start, report = origin.sequence, from_origin(origin)
    highest = AuditEvent.objects.aggregate(highest=Max("sequence"))["highest"] or 0
    rows = AuditEvent.objects.filter(sequence__gt=start, sequence__lt=highest).order_by("sequence")
    origin.until = _checked(report, rows.values_list("sequence", "seal", *CONTENT)[:AT_ONCE], before) or origin.until
    if not report.checked:
        return 0
    origin.sequence, origin.seal = report.last_sequence, report.last_seal
    origin.events += report.checked
    origin.anomalies += report.problem_count
    origin.code = origin_code(keys()[0], origin)
    origin.pk = 1
    origin.save()  # first: the triggers let go of what it covers
    AuditEvent.objects.filter(sequence__gt=start, sequence__lte=origin.sequence).delete()
    _tell(origin, report)
    return report.checked


def _checked(report: Report, rows: Iterable[Any], before: dt.datetime) -> dt.datetime | None:
    """Check the events up to the first that is still to be kept; return when the last of them happened."""
    last = None
    for sequence, seal, *values in rows:
        happened = values[1]
        if happened >= before:
            break
        check_one(report, sequence, seal, values)
        last = happened
    return last


def _tell(origin: AuditOrigin, report: Report) -> None:
    until = clock.day_of(origin.until).isoformat() if origin.until else ""
    record(
        Action.JOURNAL_PURGED,
        actor=SYSTEM,
        events=report.checked,
        last=origin.sequence,
        until=until,
        anomalies=report.problem_count,
    )
    if report.problem_count:
        log.critical("audit.purged_unsound", problems=[problem.sentence for problem in report.problems])
    # For whoever keeps the logs elsewhere: the anchor from which the journal now begins.
    log.info("audit.purged", events=report.checked, sequence=origin.sequence, seal=origin.seal, until=until)
