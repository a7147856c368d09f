"""The one clock: instants are UTC, days are days of Paris (DOMAIN, rule 12)."""

import datetime as dt
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> dt.datetime:
    """Return the present instant, aware, in UTC."""
    return dt.datetime.now(tz=dt.UTC)


def today() -> dt.date:
    """Return the present day in Paris: dates typed by people are days of theirs."""
    return dt.datetime.now(tz=PARIS).date()


def start_of(day: dt.date) -> dt.datetime:
    """Return the first instant of a day of Paris."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=PARIS)


def day_of(instant: dt.datetime) -> dt.date:
    """Return the day of Paris in which an aware instant falls: late in the UTC day it is tomorrow already."""
    return instant.astimezone(PARIS).date()
