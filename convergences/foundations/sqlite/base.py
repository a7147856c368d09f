"""The backend that `settings.DATABASES` names: Django's own, but for one habit of its cursors."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base

# More than the portal asks in a day; lists of values (`IN`) make new ones for ever.
REMEMBERED = 1024


class Cursor(base.SQLiteCursorWrapper):
    """Remembers how Django's `%s` and `%(name)s` are written for SQLite: for a short question, half of its cost.

    A text given twice is also the same object, by which the driver finds its prepared statement without reading it.
    """

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        """Return the statement in SQLite's words."""
        return _converted(query, None if param_names is None else tuple(param_names))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection, with these cursors."""

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 - SQLite's have none
        """Return a cursor."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor


@lru_cache(maxsize=REMEMBERED)
def _converted(query: str, names: tuple[str, ...] | None) -> str:
    nobody: Any = None  # Django looks at the text alone
    converted: str = base.SQLiteCursorWrapper.convert_query(nobody, query, param_names=names)
    return converted
