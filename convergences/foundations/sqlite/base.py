"""The backend that `settings.DATABASES` names: Django's own, but for what each short question would pay again."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base, operations

# More than the portal asks in a day; lists of values (`IN`) make new ones for ever.
REMEMBERED = 1024


class Cursor(base.SQLiteCursorWrapper):
    """Remembers how Django's `%s` and `%(name)s` are written for SQLite: for a short question, half of its cost.

    A text given twice is also the same object, by which the driver finds its prepared statement without reading it.
    """

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        """Return the statement in SQLite's words."""
        return _converted(query, None if param_names is None else tuple(param_names))


class DatabaseOperations(operations.DatabaseOperations):
    """Write instants of UTC, which all of ours are, without looking for their zone."""

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Return an instant as Django writes it."""
        if type(value) is dt.datetime and value.tzinfo is dt.UTC and self.connection.timezone is dt.UTC:
            return value.isoformat(" ")[:-6]  # without its +00:00
        return super().adapt_datetimefield_value(value)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's connection, with these cursors and operations."""

    ops_class = DatabaseOperations

    def create_cursor(self, name: str | None = None) -> Cursor:  # noqa: ARG002 - SQLite's have none
        """Return a cursor."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def ask(self, text: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a short question (`foundations.sql.statements`)."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        written = _converted(text, tuple(values) if isinstance(values, Mapping) else None)
        with self.wrap_database_errors:
            rows: list[tuple[Any, ...]] = self.connection.execute(written, values).fetchall()
        return rows


@lru_cache(maxsize=REMEMBERED)
def _converted(query: str, names: tuple[str, ...] | None) -> str:
    nobody: Any = None  # Django looks at the text alone
    converted: str = base.SQLiteCursorWrapper.convert_query(nobody, query, param_names=names)
    return converted
