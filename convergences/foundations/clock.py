"""The one clock: instants are UTC, days are days of Paris (DOMAIN, rule 12)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_BEHIND = ContextVar("behind", default=dt.timedelta())


def now() -> dt.datetime:
    """Return the present instant, aware, in UTC."""
    return dt.datetime.now(tz=dt.UTC) - _BEHIND.get()


def today() -> dt.date:
    """Return the present day in Paris: dates typed by people are days of theirs."""
    return now().astimezone(PARIS).date()


@contextmanager
def at(past: dt.datetime) -> Iterator[None]:
    """Let what runs in this block, and nothing beside it, take place at a past instant: how a demo is given its past.

    Raises `ValueError` for one to come.
    """
    behind = dt.datetime.now(tz=dt.UTC) - past
    if behind < dt.timedelta():
        raise ValueError("only the past can be gone back to")
    token = _BEHIND.set(behind)
    try:
        yield
    finally:
        _BEHIND.reset(token)


def start_of(day: dt.date) -> dt.datetime:
    """Return the first instant of a day of Paris."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=PARIS)


def day_of(instant: dt.datetime) -> dt.date:
    """Return the day of Paris in which an aware instant falls: late in the UTC day it is tomorrow already."""
    return instant.astimezone(PARIS).date()
