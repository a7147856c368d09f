"""Days and hours as people say them, in Paris's time; and shorter, for the narrow columns of lists."""

import datetime as dt

from convergences.foundations import clock
from convergences.foundations.text import NO_BREAK, day_in_words

_SHORT_MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


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


def short_day(value: dt.date | dt.datetime) -> str:
    """Return « 18 nov. 2026 »."""
    local = local_day(value)
    number = "1er" if local.day == 1 else str(local.day)
    return NO_BREAK.join((number, _SHORT_MONTHS[local.month - 1], str(local.year)))


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
