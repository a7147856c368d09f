"""How long the scan of a paper answer is kept: as long as what it proves may be disputed, and no longer.

Accepted, it shows by what power référents act: while a mandate of it stands, then as long as the journal tells what
they did (twelve months). Decided otherwise, it is kept for who contests that decision: two months to appeal (code de
justice administrative, R421-1), and one more for the letter that says so to arrive.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from convergences.audit.services import SYSTEM, record
from convergences.campaigns import mandates
from convergences.campaigns.actions import Action
from convergences.campaigns.models import Designation, DesignationState
from convergences.campaigns.services import registering
from convergences.foundations import clock

AFTER_MANDATE = dt.timedelta(days=365)
AFTER_REFUSAL = dt.timedelta(days=92)
REFUSED = (DesignationState.SENT_BACK, DesignationState.REPLACED, DesignationState.SET_ASIDE)
AT_ONCE = 100


def forget_scans(today: dt.date) -> int:
    """Say the last day of scans that serve no more, and remove those whose day is past; return how many of both."""
    return _dated(today) + sum(_forget(each) for each in _with_scan().filter(scan_until__lt=today)[:AT_ONCE])


def last_day(designation: Designation) -> dt.date | None:
    """Return the last day of a scan where it is known: not while its answer waits, nor while a mandate of it stands."""
    if designation.scan_until is None and designation.state in REFUSED and designation.decided_at is not None:
        return clock.day_of(designation.decided_at) + AFTER_REFUSAL
    return designation.scan_until


def _with_scan() -> QuerySet[Designation]:
    return Designation.objects.exclude(scan="").order_by("scan_until", "pk")


def _dated(today: dt.date) -> int:
    """Write down the last day of scans that begin to wait for it; an end that nobody wrote down counts from today."""
    undated, standing = _with_scan().filter(scan_until=None), mandates.standing().filter(designation=OuterRef("pk"))
    over = undated.filter(~Exists(standing), state=DesignationState.VALIDATED)
    refused = undated.filter(state__in=REFUSED)
    found = [(each, today + AFTER_MANDATE) for each in over[:AT_ONCE]]
    found += [(each, last_day(each) or today + AFTER_REFUSAL) for each in refused[:AT_ONCE]]
    for each, last in found:
        Designation.objects.filter(pk=each.pk, scan_until=None).update(scan_until=last)
    return len(found)


@transaction.atomic
def _forget(designation: Designation) -> int:
    """Remove the file, then say so: killed in between, the next worker finds the row and does it again."""
    held = Designation.objects.select_for_update(of=("self",)).select_related("invitation__organization")
    mine = held.get(pk=designation.pk)
    if not mine.scan:
        return 0  # another worker was quicker
    mine.scan.storage.delete(str(mine.scan.name))
    mine.scan, mine.scan_deleted_at = "", clock.now()
    mine.save(update_fields=["scan", "scan_deleted_at"])
    about = registering.about(mine.invitation)
    record(Action.SCAN_DELETED, actor=SYSTEM, about=about, receipt=mine.receipt_number)
    return 1
