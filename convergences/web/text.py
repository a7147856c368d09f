"""Days and hours as people say them, in Paris's time."""

import datetime as dt

from convergences.foundations import clock
from convergences.foundations.text import NO_BREAK, day_in_words


def local_day(value: dt.date | dt.datetime) -> dt.date:
    """Return the day in Paris of an instant, or the day itself."""
    return clock.day_of(value) if isinstance(value, dt.datetime) else value


def day(value: dt.date | dt.datetime) -> str:
    """Say a day: « 14 mars 2027 », « 1er mars 2027 »."""
    return day_in_words(local_day(value))


def clock_hour(value: dt.datetime) -> str:
    """Say an hour: « 8 h 52 », « 10 h » at the hour."""
    local = value.astimezone(clock.PARIS)
    minutes = f"{NO_BREAK}{local.minute:02d}" if local.minute else ""
    return f"{local.hour}{NO_BREAK}h{minutes}"


def hour(value: dt.datetime, *, capital: bool = True) -> str:
    """Say an instant: « Aujourd’hui à 8 h 52 », « Hier à 14 h 10 », « 20 novembre 2026 à 17 h 02 »."""
    days = (clock.today() - local_day(value)).days
    near = {0: "aujourd’hui", 1: "hier", -1: "demain"}.get(days, "")
    said = (near.capitalize() if capital else near) or f"{'' if capital else 'le '}{day(value)}"
    return f"{said} à {clock_hour(value)}"


def in_days(value: dt.date | dt.datetime) -> str:
    """Say how long until a last day: « Expire dans 9 jours », « Expire demain », « Expire ce soir », « Expiré »."""
    days = (local_day(value) - clock.today()).days
    if days < 0:
        return "Expiré"
    return {0: "Expire ce soir", 1: "Expire demain"}.get(days, f"Expire dans {days}{NO_BREAK}jours")
