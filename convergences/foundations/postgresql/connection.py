"""A connection of psycopg that is asked short questions by libpq alone.

A cursor writes the values into the text, has the server read and plan all of it again, and waits for it by turns of
Python: ten times what libpq spends, and for the server ten times what the answer costs. Here a text is prepared once.
"""

import datetime as dt
import hashlib
import re
import select
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg.errors import DuplicatePreparedStatement, InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

log = structlog.get_logger("convergences.foundations")

# More than the portal asks in a day, as `foundations.sqlite`.
REMEMBERED = 1024
# Beyond, a firewall between the server and us may have forgotten the connection: it is asked whether it is there.
IDLE_SECONDS = 30
_IDLE = TransactionStatus.IDLE
_IN_TRANSACTION = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})
_DONE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})


class Connection(psycopg.Connection[Any]):
    """One that is never used by two threads, nor for the driver's own pipelines and transactions (Django's)."""

    prepares: bool = True

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._known: set[bytes] = set()
        self._seen_at = time.monotonic()
        self._watched = select.poll()
        self._watched.register(self.pgconn.socket, select.POLLIN)

    def seems_well(self) -> bool:
        """Tell whether it was used a moment ago, and the server has said nothing since (it does when it stops)."""
        last, self._seen_at = self._seen_at, time.monotonic()
        return self._seen_at - last < IDLE_SECONDS and not self._watched.poll(0)

    def ask(self, text: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows that a text brings, of words and whole numbers; raises what a cursor would."""
        written = _written(text)
        given: Any = [values[name] for name in written.names] if isinstance(values, Mapping) else values
        parameters = [None if value is None else _said(value) for value in given]
        with self.lock:
            if not self._autocommit and self.pgconn.transaction_status == _IDLE:
                self._checked(self.pgconn.exec_(self._get_tx_start_command()))
            result = self._executed(written, parameters)
        columns = [(column, _READ[result.ftype(column)]) for column in range(result.nfields)]
        return [
            tuple([_read(result.get_value(row, column), read) for column, read in columns])
            for row in range(result.ntuples)
        ]

    def set_autocommit(self, value: bool) -> None:  # noqa: FBT001 - psycopg's own
        """Begin transactions, or not, from now on: it tells nothing to the server."""
        if self.pgconn.transaction_status == _IDLE:
            self._autocommit = value
        else:
            super().set_autocommit(value)

    def commit(self) -> None:
        """End the transaction."""
        if self.pgconn.transaction_status not in _IN_TRANSACTION:
            super().commit()
            return
        with self.lock:
            self._checked(self.pgconn.exec_(b"COMMIT"))

    def _executed(self, written: "_Written", parameters: Any) -> PGresult:  # its stubs forget None
        if self.prepares:
            try:
                return self._by_name(written, parameters)
            except (InvalidSqlStatementName, DuplicatePreparedStatement):
                # A pool leads us to one server after another, and forgets what it prepared on each.
                type(self).prepares = False
                log.warning("a pool of connections does not keep prepared statements", remedy="prepared_statements=no")
                if self.pgconn.transaction_status != _IDLE:
                    raise
        return self._checked(self.pgconn.exec_params(written.sql, parameters))

    def _by_name(self, written: "_Written", parameters: Any) -> PGresult:
        if written.name not in self._known:
            self._checked(self.pgconn.prepare(written.name, written.sql))
            self._known.add(written.name)
        return self._checked(self.pgconn.exec_prepared(written.name, parameters))

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in _DONE:
            return result
        if self.pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError(self.pgconn.get_error_message())
        raise error_from_result(result)


class _Written(NamedTuple):
    """A text in PostgreSQL's words, the name under which a connection prepares it, and the names of its values."""

    name: bytes
    sql: bytes
    names: tuple[str, ...]


_PLACE = re.compile(r"%(?:\((?P<name>\w+)\))?(?P<kind>[s%])")


@lru_cache(maxsize=REMEMBERED)
def _written(text: str) -> _Written:
    names: dict[str, int] = {}
    places = count(1)

    def numbered(place: re.Match[str]) -> str:
        if place["kind"] == "%":
            return "%"
        if place["name"] is None:
            return f"${next(places)}"
        return f"${names.setdefault(place['name'], len(names) + 1)}"

    sql = _PLACE.sub(numbered, text)
    # The same name always means the same text, whoever else prepares on a connection that a pool shares.
    name = f"convergences_{hashlib.sha256(sql.encode()).hexdigest()[:32]}"
    return _Written(name.encode(), sql.encode(), tuple(names))


def _said(value: Any) -> bytes:
    write = _WRITE.get(type(value)) or next((_WRITE[kind] for kind in _WRITE if isinstance(value, kind)), None)
    if write is None:
        raise psycopg.ProgrammingError(f"a short question takes no {type(value).__name__}")
    return write(value)


def _text(value: str) -> bytes:
    content = str.encode(value)
    if b"\0" in content:  # libpq would stop reading there: one value would pass for another
        raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return content


_WRITE: dict[type, Callable[[Any], bytes]] = {
    str: _text,
    bool: lambda value: b"t" if value else b"f",  # before whole numbers, of which Python has it
    int: lambda value: b"%d" % value,
    dt.datetime: lambda value: value.isoformat().encode(),
    dt.date: lambda value: value.isoformat().encode(),
    uuid.UUID: lambda value: str(value).encode(),
}


def _read(value: bytes | None, read: Callable[[bytes], Any]) -> Any:
    return None if value is None else read(value)


# By the numbers that PostgreSQL gives its types: bigint, smallint, integer, text, character varying.
_READ: dict[int, Callable[[bytes], Any]] = {20: int, 21: int, 23: int, 25: bytes.decode, 1043: bytes.decode}
