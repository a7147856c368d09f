"""What is asked when rights are given: the words that forms, files and other rooms speak to this one."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from convergences.catalog.models import Application


@dataclass(frozen=True, slots=True)
class Terms:
    """With which roles (keys of the application's), until which day (included; None: no end), and why."""

    roles: tuple[str, ...]
    ends_on: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """One line of the sheet of rights that is switched on. A line that is not wished for is switched off."""

    application_id: int
    roles: tuple[str, ...]
    ends_on: dt.date | None = None


class Act(StrEnum):
    """What became of a right."""

    GRANTED = "granted"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """What an act did to one right. `roles` are French names; `opens_on` is set while the application is not open."""

    act: Act
    application: Application
    roles: tuple[str, ...] = ()
    ends_on: dt.date | None = None
    opens_on: dt.date | None = None
