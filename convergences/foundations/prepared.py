"""Questions asked of the database at each request of a machine: composed once, then asked with other values.

Composing a statement costs Django ten times what the database spends on it. What is written stays a queryset, and what
comes back are the same objects: only the composing is remembered.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

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
        self._converters: _Converters | None = None  # of the one database that a process has

    def columns(self, alias: str) -> str:
        """Return the columns as a statement lists them."""
        return ", ".join(self.each_column(alias))

    def each_column(self, alias: str) -> list[str]:
        """Return the columns, one by one."""
        return [f"{alias}.{field.column}" for field in self.fields]

    def made(self, values: Sequence[Any]) -> M:
        """Return the object that these columns make."""
        if self._converters is None:
            self._converters = self._converting()
        return _made(self.model, self.names, _converted(values, self._converters))

    def _converting(self) -> "_Converters":
        read = [field.get_col(field.model._meta.db_table) for field in self.fields]  # noqa: SLF001 - Django's own name
        found = [(each, connection.ops.get_db_converters(each) + each.get_db_converters(connection)) for each in read]
        return [(position, _converter(chain, each)) for position, (each, chain) in enumerate(found) if chain]


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


def _converter(chain: Sequence[Callable[..., Any]], expression: Any) -> Convert:
    """Return all that Django does to a value of this column, by a short way where it is known."""
    if len(chain) == 1 and (shorter := _SHORTER.get(getattr(chain[0], "__qualname__", ""))):
        return shorter

    def convert(value: Any) -> Any:
        here = connections[DEFAULT_DB_ALIAS]  # itself: the name `connection` looks for it again at each mention
        for each in chain:
            value = each(value, expression, here)
        return value

    return convert


def _instant(value: Any) -> dt.datetime:
    """SQLite's instants have no zone, and are of UTC (`settings.USE_TZ`)."""
    read = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return dt.datetime.combine(read, read.time(), dt.UTC)  # four times sooner than `replace`


def _json(value: str) -> Any:
    # New ones each time: whoever receives them may add to them.
    return [] if value == "[]" else {} if value == "{}" else json.loads(value)


# Of the two that most columns have. No JSON column of ours has a decoder of its own.
_SHORTER: dict[str, Convert] = {
    "DatabaseOperations.convert_datetimefield_value": _instant,
    "JSONField.from_db_value": _json,
}


@dataclass(frozen=True, slots=True)
class _Composed:
    """A statement, its parameters, and how a row becomes an object and those it leads to."""

    sql: str
    parameters: tuple[Any, ...]
    converters: _Converters
    model: type[Model]
    start: int
    end: int
    columns: list[str]
    populators: tuple[Any, ...]

    def made(self, found: tuple[Any, ...]) -> Any:
        """Return the object that a row describes, as `QuerySet` makes it."""
        row = _converted(found, self.converters)
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
        with here.cursor() as cursor:
            cursor.execute(composed.sql, [_value(parameter, values, here) for parameter in composed.parameters])
            rows = cursor.fetchall()
        return [composed.made(row) for row in rows]


def _value(parameter: Any, values: Mapping[str, Any], here: Any) -> Any:
    value = values[parameter.name] if isinstance(parameter, _Name) else parameter
    return here.ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


def _composed(queryset: QuerySet[Any]) -> _Composed:
    compiler = queryset.query.get_compiler(using=connection.alias)
    sql, parameters = compiler.as_sql()
    select, about = compiler.select, compiler.klass_info
    own = about["select_fields"]
    converters = compiler.get_converters([column[0] for column in select[: compiler.col_count]])
    return _Composed(
        sql=sql,
        parameters=tuple(parameters),
        converters=[(position, _converter(chain, column)) for position, (chain, column) in converters.items()],
        model=about["model"],
        start=own[0],
        end=own[-1] + 1,
        columns=[column[0].target.attname for column in select[own[0] : own[-1] + 1]],
        populators=tuple(get_related_populators(about, select, DEFAULT_DB_ALIAS)),  # type: ignore[call-arg]  # later stubs
    )
