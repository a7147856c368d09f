"""Hours and absences; invented, the same each time for the same name."""

import datetime as dt
import zlib
from dataclasses import dataclass

DAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi")
KINDS = ("Congé annuel", "Télétravail", "Formation", "Congé annuel", "Récupération")
_TEAM = ("A. B.", "C. D.", "F. L.", "M. K.", "S. R.")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of work, in minutes."""

    name: str
    date: dt.date
    arrived: str
    left: str
    minutes: int

    @property
    def worked(self) -> str:
        """How long, as people write it."""
        return as_text(self.minutes)


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody's absence: by their initials, for screens are read over shoulders."""

    initials: str
    kind: str
    start: dt.date
    end: dt.date


def week(name: str, today: dt.date) -> list[Day]:
    """Return the week's days."""
    monday, seed = today - dt.timedelta(days=today.weekday()), zlib.crc32(name.encode())
    return [_day(monday + dt.timedelta(days=rank), DAYS[rank], (seed >> (rank * 4)) % 16) for rank in range(5)]


def total(days: list[Day]) -> str:
    """Return the hours of a week."""
    return as_text(sum(day.minutes for day in days))


def leave_left(name: str) -> int:
    """Return how many days of leave are left."""
    return 6 + zlib.crc32(name.encode()) % 13


def absences(employer: str, today: dt.date) -> list[Absence]:
    """Return the coming absences of a team."""
    seed = zlib.crc32(employer.encode()) % 5
    starts = [today + dt.timedelta(days=1 + rank * 4 + seed) for rank in range(len(_TEAM))]
    return [
        Absence(who, KINDS[(rank + seed) % len(KINDS)], start, start + dt.timedelta(days=rank % 3))
        for rank, (who, start) in enumerate(zip(_TEAM, starts, strict=True))
    ]


def as_text(minutes: int) -> str:
    """Return « 7 h 48 »."""
    return f"{minutes // 60}\u00a0h\u00a0{minutes % 60:02}"


def _day(date: dt.date, name: str, drawn: int) -> Day:
    arrived, left = 8 * 60 + 20 + drawn * 2, 16 * 60 + 50 + drawn * 3
    return Day(name, date, as_text(arrived), as_text(left), left - arrived - 45)
