"""Short questions, asked at each request of a machine: what they bring is all that a door pays for.

A text is a constant of a room, with `%s` or `%(name)s` for its values; it brings words and whole numbers (`one_text`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def ask(text: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows that a text brings with these values, or changes and returns. Who watches cursors sees it too."""
    here: Any = connections[DEFAULT_DB_ALIAS]
    if here.execute_wrappers or here.queries_logged:
        with here.cursor() as cursor:
            cursor.execute(text, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
            return rows
    asked: list[tuple[Any, ...]] = here.ask(text, values)
    return asked
