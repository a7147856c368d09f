"""Rows written at each request of a machine: the statement is composed once for a table (see `prepared`)."""

import json
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BooleanField, CharField, DateTimeField, Field, ForeignKey, IntegerField, JSONField, Model

from convergences.foundations.sql import statements

M = TypeVar("M", bound=Model)
_AS_THEY_ARE = (BooleanField, CharField, ForeignKey, IntegerField)
Write = Callable[[Any, Any], Any]


def insert(row: M) -> M:
    """Write a new row and return it with its key, as `row.save(force_insert=True)` would."""
    statement, columns = _insertion(type(row))
    here = connections[DEFAULT_DB_ALIAS]  # itself: the name `connection` looks for it again at each mention
    values = _written(row, columns, here)
    [[row.pk]] = _asked(statement, values, here)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS  # noqa: SLF001 - Django's own name
    return row


def update(row: Model, *names: str) -> None:
    """Write these fields of a row that exists, as `row.save(update_fields=names)` would."""
    statement, columns = _change(type(row), names)
    here = connections[DEFAULT_DB_ALIAS]
    values = _written(row, columns, here)
    _asked(statement, [*values, row.pk], here)


def _asked(statement: str, values: list[Any], here: Any) -> list[tuple[Any, ...]]:
    """As `transaction.mark_for_rollback_on_error`: what has failed within a transaction leaves nothing else of it."""
    try:
        return statements.ask(statement, values)
    except Exception as error:
        if here.in_atomic_block:
            here.needs_rollback, here.rollback_exc = True, error
        raise


def _written(row: Model, columns: list[tuple[str, Write | None]], here: Any) -> list[Any]:
    """Return what a driver takes for the values of a row: most columns hold what it takes as it is."""
    values = [(getattr(row, name), write) for name, write in columns]
    return [value if write is None or value is None else write(value, here) for value, write in values]


def _columns(fields: "list[Field[Any, Any]]") -> list[tuple[str, Write | None]]:
    """Return the name of each column in a row, and how its values are written when it is not as they are."""
    return [(field.attname, None if isinstance(field, _AS_THEY_ARE) else _writing(field)) for field in fields]


def _writing(field: "Field[Any, Any]") -> Write:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        raise ValueError(f"{field} is filled in by `save`, which is not called here")
    if isinstance(field, DateTimeField):
        return lambda value, here: here.ops.adapt_datetimefield_value(value)
    if isinstance(field, JSONField):
        return partial(_json, field.encoder)
    return field.get_db_prep_save


def _json(encoder: type[json.JSONEncoder] | None, value: Any, _here: Any) -> str:
    """Return the text that a driver writes, of which most are one of these two."""
    return "[]" if value == [] else "{}" if value == {} else json.dumps(value, cls=encoder)


@lru_cache(maxsize=64)
def _insertion(model: type[Model]) -> tuple[str, list[tuple[str, Write | None]]]:
    about: Any = model._meta  # noqa: SLF001 - Django's own name
    fields = [field for field in about.concrete_fields if not field.primary_key]
    columns = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join("%s" for _field in fields)
    table, key = _quoted(about.db_table), _quoted(about.pk.column)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING {key}", _columns(fields)  # noqa: S608 - as below


@lru_cache(maxsize=64)
def _change(model: type[Model], names: tuple[str, ...]) -> tuple[str, list[tuple[str, Write | None]]]:
    about: Any = model._meta  # noqa: SLF001 - Django's own name
    fields = [about.get_field(name) for name in names]
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
    table, key = _quoted(about.db_table), _quoted(about.pk.column)
    return f"UPDATE {table} SET {changes} WHERE {key} = %s", _columns(fields)  # noqa: S608 - made of the models' own names


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
