"""Forgetting what has served. Called by the worker, every hour or so."""

import datetime as dt

from django.db.models import Q

from convergences.authentication import queries
from convergences.authentication.models import (
    AttemptCounter,
    KnownBrowser,
    MailCode,
    Passkey,
    RecoveryCode,
    RememberedDevice,
    SecurityChange,
    SingleUseCode,
    SpentChallenge,
    Totp,
)
from convergences.authentication.services import changes, totp
from convergences.foundations import clock

CODES_KEPT = dt.timedelta(days=2)
COUNTERS_KEPT = dt.timedelta(days=4)
BROWSERS_KEPT = dt.timedelta(days=365)
# What was removed guards the account again when its mail is contested; what was frozen is looked into.
REMOVED_KEPT = changes.LASTS
FROZEN_KEPT = dt.timedelta(days=30)
CHANGES_KEPT = dt.timedelta(days=30)


def forget() -> int:
    """Remove codes and counters that can no longer matter, browsers unseen for a year, second factors that were removed
    and all that has expired; return how many rows.

    Sessions stay as long as the journal: `sessions.end_lapsed` ends them, `privacy` erases them.
    """
    now = clock.now()
    served = (
        SingleUseCode.objects.filter(expires_at__lt=now - CODES_KEPT),
        AttemptCounter.objects.filter(updated_at__lt=now - COUNTERS_KEPT),
        KnownBrowser.objects.filter(last_used_at__lt=now - BROWSERS_KEPT),
        Totp.objects.filter(_factor_gone(now) | Q(confirmed_at=None, created_at__lt=now - totp.CONFIRMED_WITHIN)),
        Passkey.objects.filter(_factor_gone(now)),
        RecoveryCode.objects.filter(_removed(now) | _frozen(now)),
        RememberedDevice.objects.filter(Q(expires_at__lt=now) | Q(ended_at__lt=now)),
        SpentChallenge.objects.filter(expires_at__lt=now),
        MailCode.objects.filter(code_expires_at__lt=now),
        SecurityChange.objects.filter(expires_at__lt=now - CHANGES_KEPT),
    )
    return sum(rows.delete()[0] for rows in served)


def _factor_gone(now: dt.datetime) -> Q:
    """What was frozen stays as long as nothing else protects the account: a thief must not be let in by waiting."""
    return _removed(now) | _frozen(now) & queries.armed("agent")


def _removed(now: dt.datetime) -> Q:
    return Q(removed_at__lt=now - REMOVED_KEPT)


def _frozen(now: dt.datetime) -> Q:
    return Q(frozen_at__lt=now - FROZEN_KEPT)
