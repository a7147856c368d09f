"""Delays as people read them."""

import datetime as dt
import math

from convergences.foundations import clock
from convergences.foundations.text import NO_BREAK, day_in_words

HOUR = 60


def clock_time(moment: dt.datetime) -> str:
    """Return « 10 h 47 » in Paris, « demain à 0 h 12 » when the moment is of another day."""
    local = moment.astimezone(clock.PARIS)
    hour = f"{local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02}"
    return hour if local.date() == clock.today() else f"demain à {hour}"


def day_and_time(moment: dt.datetime) -> str:
    """Return « le 23 novembre 2026 à 10 h 47 », in Paris."""
    local = moment.astimezone(clock.PARIS)
    return f"le {day_in_words(local.date())} à {local.hour}{NO_BREAK}h{NO_BREAK}{local.minute:02}"


def wait(until: dt.datetime) -> str:
    """Return how long there is to wait, rounded up: « 15 minutes », « 1 heure », « 2 heures et 5 minutes »."""
    minutes = max(1, math.ceil((until - clock.now()) / dt.timedelta(minutes=1)))
    hours, rest = divmod(minutes, HOUR)
    parts = [_count(hours, "heure"), _count(rest, "minute")]
    return " et ".join(part for part in parts if part)


def _count(number: int, unit: str) -> str:
    if not number:
        return ""
    return f"{number}{NO_BREAK}{unit}{'s' if number > 1 else ''}"
