"""One question for the rows of a room and for the facts under the visits to which they lead.

A protocol says what it reads of its own tables, and where the visit is; what is read under it, and what that allows,
stays here. At each use of a token or of a cookie the database is then asked once.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from convergences.admission import facts, people, sources
from convergences.admission.facts import VisitFacts
from convergences.directory.models import Membership
from convergences.foundations.sql import statements
from convergences.foundations.sql.one_text import one_text, values


class Under(NamedTuple):
    """The facts under an open visit, and who they are about, as written (`people`)."""

    visit: VisitFacts
    who: str

    def membership(self) -> Membership:
        """Return whom the facts are about."""
        return people.membership(self.who)


class Led(NamedTuple):
    """The columns that the room asked for, as written, and what is under the visit; None when none is open."""

    text: str
    under: Under | None

    @property
    def own(self) -> list[Any]:
        """Return the values of the room's columns."""
        return values(self.text)


class Leading:
    """A statement of a room. `visit` is where its tables hold the key of a visit, or nothing.

    Its aliases have two letters: those of one are `sources`'. Values are named, as `%(digest)s`; `now` is given.
    """

    def __init__(self, columns: Sequence[str], tables: str, *, visit: str, where: str) -> None:
        self._statement = f"""
            SELECT {one_text(columns)},
                CASE WHEN v.id IS NOT NULL THEN {sources.UNDER_VISIT} END,
                CASE WHEN v.id IS NOT NULL THEN {people.TEXT} END
            FROM {tables}
            LEFT JOIN admission_visit v ON v.id = {visit} AND v.end_requested_at IS NULL
            {sources.BENEATH_VISIT_LED_TO}
            {people.JOIN}
            WHERE {where}
        """  # noqa: S608 - made of the constants of rooms

    def first(self, now: dt.datetime, **values: Any) -> Led | None:
        """Return the row that these values find, by a unique one, or None."""
        return next(iter(self.all(now, **values)), None)

    def all(self, now: dt.datetime, **values: Any) -> list[Led]:
        """Return every row found with these values."""
        here = connections[DEFAULT_DB_ALIAS]
        values["now"] = here.ops.adapt_datetimefield_value(now)
        return [
            Led(text, Under(facts.of_visit(under), who) if under is not None else None)
            for text, under, who in statements.ask(self._statement, values)
        ]


_VISIT = Leading(["iv.id"], "admission_visit iv", visit="iv.id", where="iv.id = %(visit)s")


def under_visit(visit_id: int, now: dt.datetime) -> Under | None:
    """Return what is under one visit; None when it has ended."""
    found = _VISIT.first(now, visit=visit_id)
    return found.under if found is not None else None
