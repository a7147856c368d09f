"""Questions asked of the database at each request of a machine: composed once, then asked with other values.

Composing a statement costs Django ten times what the database spends on it. What is written stays a queryset, and what
comes back are the same objects: only the composing is remembered.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

from convergences.foundations.sql import statements
from convergences.foundations.sql.one_text import from_json, one_text, values

M = TypeVar("M", bound=Model)


def _made(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """Return what `Model.from_db` returns, ten times sooner: no signal is sent, and no default is looked for.

    A column that is not among these is read when it is asked for, as after `QuerySet.only`.
    """
    made = model.__new__(model)
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    made.__dict__ = dict(zip(names, values, strict=True))
    made.__dict__["_state"] = state
    return made


def _populate(populators: Iterable[Any], row: Sequence[Any], made: Model) -> None:
    """Give an object those it leads to, as Django's own populators do."""
    for each in populators:
        values = row[each.cols_start : each.cols_end]
        related = None if values[each.pk_idx] is None else _made(each.model_cls, each.init_list, values)
        if related is not None:
            _populate(each.related_populators, row, related)
            each.remote_setter(related, made)
        each.local_setter(made, related)


@dataclass(frozen=True, slots=True)
class _Name:
    """Stands among a statement's parameters for the value that will be given under this name."""

    name: str


def given(name: str) -> RawSQL:
    """Return what stands in a queryset for a value given at each asking."""
    return RawSQL("%s", (_Name(name),))


class Portion(Generic[M]):
    """The columns of one model within a statement written by hand, and the object that they make.

    What is not among them is read when it is asked for, as after `QuerySet.only`. The key comes first.
    """

    def __init__(self, model: type[M], *names: str) -> None:
        self.model = model
        # In the order of the model, which `from_db` goes by.
        concrete: Any = model._meta.concrete_fields  # noqa: SLF001 - Django's own name
        self.fields = [field for field in concrete if field.name in names]
        self.names = [field.attname for field in self.fields]
        self._converters = _converters(self.fields)

    def columns(self, alias: str) -> str:
        """Return the columns as a statement lists them."""
        return ", ".join(self.each_column(alias))

    def each_column(self, alias: str) -> list[str]:
        """Return the columns, one by one."""
        return [f"{alias}.{field.column}" for field in self.fields]

    def made(self, values: Sequence[Any]) -> M:
        """Return the object that these columns make, as a driver brings them or as `one_text`."""
        return _made(self.model, self.names, _converted(values, self._converters))


def lead(made: Model, **related: Model | None) -> None:
    """Give an object those it leads to, by the names of its relations: read already, they are not read again."""
    made._state.fields_cache.update(related)  # noqa: SLF001 - what `select_related` fills


class Portions:
    """Those of one statement, side by side, each by its alias. One whose key is nothing makes nothing."""

    def __init__(self, **portions: Portion[Any]) -> None:
        self.columns = [column for alias, each in portions.items() for column in each.each_column(alias)]
        self._slices: list[tuple[Portion[Any], int, int]] = []
        start = 0
        for each in portions.values():
            self._slices.append((each, start, start + len(each.fields)))
            start += len(each.fields)

    def made(self, values: Sequence[Any]) -> list[Any]:
        """Return the object of each, or None, in the order in which they were given."""
        return [each.made(values[a:b]) if values[a] is not None else None for each, a, b in self._slices]


Convert = Callable[[Any], Any]
_Converters = Sequence[tuple[int, Convert]]


def _converted(row: Sequence[Any], converters: _Converters) -> list[Any]:
    """Return the values of a row as the models have them; nothing stays nothing."""
    values = list(row)
    for position, convert in converters:
        if values[position] is not None:
            values[position] = convert(values[position])
    return values


def _converters(fields: "Iterable[Field[Any, Any]]") -> _Converters:
    """Return what is done to the values of such columns, by their positions."""
    kinds = [field.get_internal_type() for field in fields]
    return [(position, _READ[kind]) for position, kind in enumerate(kinds) if kind in _READ]


def _instant(value: Any) -> dt.datetime:
    """SQLite's instants have no zone, and are of UTC (`settings.USE_TZ`)."""
    read = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return dt.datetime.combine(read, read.time(), dt.UTC)  # four times sooner than `replace`


def _json(value: Any) -> Any:
    # New ones each time: whoever receives them may add to them.
    if not isinstance(value, str):
        return value  # PostgreSQL's, as `one_text`
    return [] if value == "[]" else {} if value == "{}" else from_json(value)


# By kind of column, whether a driver brings its values or `one_text`. No JSON column of ours has a decoder of its own.
_READ: dict[str, Convert] = {
    "BooleanField": bool,
    "DateField": lambda value: dt.date.fromisoformat(value) if isinstance(value, str) else value,
    "DateTimeField": _instant,
    "JSONField": _json,
    "UUIDField": lambda value: uuid.UUID(value) if isinstance(value, str) else value,
}


@dataclass(frozen=True, slots=True)
class _Composed:
    """A statement, its parameters, and how what it brings (`one_text`) becomes an object and those it leads to."""

    sql: str
    parameters: tuple[Any, ...]
    converters: _Converters
    model: type[Model]
    start: int
    end: int
    columns: list[str]
    populators: tuple[Any, ...]

    def made(self, text: str) -> Any:
        """Return the object that a row describes, as `QuerySet` makes it."""
        row = _converted(values(text), self.converters)
        made = _made(self.model, self.columns, row[self.start : self.end])
        _populate(self.populators, row, made)
        return made


class Prepared(Generic[M]):
    """A queryset whose statement is composed at the first asking. It finds rows by unique values: order is nothing."""

    def __init__(self, compose: Callable[[], QuerySet[M]]) -> None:
        self._compose = compose
        self._composed: _Composed | None = None  # for the one database that a process has

    def first(self, **values: Any) -> M | None:
        """Return the first object found with these values, or None."""
        return next(iter(self.all(**values)), None)

    def all(self, **values: Any) -> list[M]:
        """Return every object found with these values."""
        composed = self._composed
        if composed is None:
            composed = self._composed = _composed(self._compose())
        here = connections[DEFAULT_DB_ALIAS]
        asked = [_value(parameter, values, here) for parameter in composed.parameters]
        return [composed.made(text) for (text,) in statements.ask(composed.sql, asked)]


def _value(parameter: Any, values: Mapping[str, Any], here: Any) -> Any:
    value = values[parameter.name] if isinstance(parameter, _Name) else parameter
    return here.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


def _composed(queryset: QuerySet[Any]) -> _Composed:
    compiler = queryset.query.get_compiler(using=connection.alias)
    sql, parameters = compiler.as_sql()
    select, about = compiler.select, compiler.klass_info
    own = about["select_fields"]
    columns = [column for _expression, (column, _parameters), _alias in select]
    before = f"SELECT {', '.join(columns)} FROM "  # noqa: S608 - to be recognized
    if not sql.startswith(before):
        raise ValueError("a prepared queryset asks for columns, and for nothing else")
    return _Composed(
        sql=f"SELECT {one_text(columns)} FROM {sql.removeprefix(before)}",  # noqa: S608 - Django's own words
        parameters=tuple(parameters),
        converters=_converters(expression.target for expression, _said, _alias in select),
        model=about["model"],
        start=own[0],
        end=own[-1] + 1,
        columns=[column[0].target.attname for column in select[own[0] : own[-1] + 1]],
        populators=tuple(get_related_populators(about, select, DEFAULT_DB_ALIAS)),  # type: ignore[call-arg]  # later stubs
    )
