"""Emptying the database between transactional tests, although its journal refuses to be emptied."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

from convergences.audit import triggers
from convergences.audit.models import AuditHead
from convergences.audit.sealing import head_seal, keys

_flush: Callable[..., None] = BaseDatabaseOperations.execute_sql_flush


@contextmanager
def _without_triggers(database: BaseDatabaseWrapper) -> Iterator[None]:
    triggers.remove(database)
    try:
        yield
    finally:
        triggers.install(database)


def _flush_with_journal(operations: BaseDatabaseOperations, statements: list[str]) -> None:
    with _without_triggers(operations.connection):
        _flush(operations, statements)
    begin_journal()


def begin_journal() -> None:
    """Write the head of an empty journal, as the migration does."""
    AuditHead.objects.get_or_create(pk=1, defaults={"sequence": 0, "seal": head_seal(keys()[0], 0, "")})


def allow() -> None:
    """Let Django's flush lift the triggers of the journal while it works."""
    target: Any = BaseDatabaseOperations
    target.execute_sql_flush = _flush_with_journal


def unprotected(statement: str, *values: object) -> None:
    """Run one statement as an administrator of the database who has dropped the triggers and puts them back."""
    with _without_triggers(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)
