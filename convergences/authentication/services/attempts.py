"""Counting attempts. A counter is read and written under its row's lock: a hundred tries at once count as a hundred."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from convergences.authentication.errors import TooManyAttempts
from convergences.authentication.limits import Source
from convergences.authentication.models import AttemptCounter
from convergences.foundations import clock


@dataclass(frozen=True, slots=True)
class Taken:
    """An attempt was counted: how many remain, and until when the source is blocked should this one fail."""

    remaining: int
    blocked_until: dt.datetime | None


def refuse_when_blocked(source: Source) -> None:
    """Raise `TooManyAttempts` when the source is blocked; count nothing."""
    now = clock.now()
    until = AttemptCounter.objects.filter(key=source.key, blocked_until__gt=now).values_list("blocked_until", flat=True)
    for moment in until:
        if moment is not None:
            raise TooManyAttempts(moment)


def take(source: Source) -> Taken:
    """Count an attempt before it is tried, as if it had failed; raises `TooManyAttempts` when the source is blocked.

    Counting after the try would let as many tries through as there are requests at the same moment. What succeeds is
    given back by `forgive`.
    """
    with transaction.atomic():
        counter = _locked(source)
        now = clock.now()
        if counter.blocked_until is not None and counter.blocked_until > now:
            raise TooManyAttempts(counter.blocked_until)
        _let_time_pass(counter, source, now)
        _count(counter, source, now)
        counter.save()
    return Taken(max(0, source.limit.free - counter.failures), counter.blocked_until)


def count(source: Source) -> None:
    """Count a failure after the fact, blocked or not: for an address, whose good attempts are other people's."""
    with transaction.atomic():
        counter = _locked(source)
        now = clock.now()
        _let_time_pass(counter, source, now)
        _count(counter, source, now)
        counter.save()


def forgive(source: Source) -> None:
    """Forget the failures in a row of a source that has just succeeded; the day's count loses that one try only."""
    AttemptCounter.objects.filter(key=source.key).update(
        failures=0, blocked_until=None, window_count=Greatest(F("window_count") - 1, 0)
    )


def _locked(source: Source) -> AttemptCounter:
    now = clock.now()
    fresh = AttemptCounter(key=source.key, forgiven_at=now, window_started_at=now, updated_at=now)
    AttemptCounter.objects.bulk_create([fresh], ignore_conflicts=True)
    return AttemptCounter.objects.select_for_update().get(key=source.key)


def _let_time_pass(counter: AttemptCounter, source: Source, now: dt.datetime) -> None:
    limit = source.limit
    if now >= counter.window_started_at + limit.window:
        counter.window_count, counter.window_started_at = 0, now
    forgiven = int((now - counter.forgiven_at) / limit.forgiven_every)
    if forgiven >= counter.failures:
        counter.failures, counter.forgiven_at = 0, now
    else:
        counter.failures -= forgiven
        counter.forgiven_at += forgiven * limit.forgiven_every


def _count(counter: AttemptCounter, source: Source, now: dt.datetime) -> None:
    limit = source.limit
    counter.failures = min(counter.failures + 1, limit.most)
    counter.window_count += 1
    delay = limit.delay(counter.failures)
    counter.blocked_until = now + delay if delay else None
    if counter.window_count >= limit.cap:
        end = counter.window_started_at + limit.window
        counter.blocked_until = max(end, counter.blocked_until or end)
    counter.updated_at = now
