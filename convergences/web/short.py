"""Days and hours in the narrow columns of lists: « 18 nov. 2026 », « Aujourd’hui, 8 h 52 »."""

import datetime as dt

from convergences.foundations import clock
from convergences.foundations.text import NO_BREAK
from convergences.web.text import clock_hour, local_day

_MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def short_day(value: dt.date | dt.datetime) -> str:
    """Return « 18 nov. 2026 »."""
    day = local_day(value)
    number = "1er" if day.day == 1 else str(day.day)
    return NO_BREAK.join((number, _MONTHS[day.month - 1], str(day.year)))


def short_moment(value: dt.datetime, *, hour: bool) -> str:
    """Return « Aujourd’hui, 8 h 52 », « Hier, 16 h 40 », else the day, with its hour when asked for."""
    near = {0: "Aujourd’hui", 1: "Hier"}.get((clock.today() - local_day(value)).days)
    if near:
        return f"{near}, {clock_hour(value)}"
    return f"{short_day(value)}, {clock_hour(value)}" if hour else short_day(value)


def days_left(last: dt.date) -> str:
    """Return « 9 jours », « demain », « ce soir »."""
    days = (last - clock.today()).days
    return {0: "ce soir", 1: "demain"}.get(days, f"{days}{NO_BREAK}jours")
