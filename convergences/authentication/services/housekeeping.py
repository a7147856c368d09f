"""Forgetting what has served. Called by the worker, every hour or so."""

import datetime as dt

from convergences.authentication.models import AttemptCounter, KnownBrowser, SingleUseCode
from convergences.foundations import clock

CODES_KEPT = dt.timedelta(days=2)
COUNTERS_KEPT = dt.timedelta(days=4)
BROWSERS_KEPT = dt.timedelta(days=365)


def forget() -> int:
    """Remove codes and counters that can no longer matter, and browsers unseen for a year; return how many rows.

    Sessions stay as long as the journal: `sessions.end_lapsed` ends them, `privacy` erases them.
    """
    now = clock.now()
    served = (
        SingleUseCode.objects.filter(expires_at__lt=now - CODES_KEPT),
        AttemptCounter.objects.filter(updated_at__lt=now - COUNTERS_KEPT),
        KnownBrowser.objects.filter(last_used_at__lt=now - BROWSERS_KEPT),
    )
    return sum(rows.delete()[0] for rows in served)
