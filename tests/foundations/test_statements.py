"""Short questions are asked without a cursor: hostile values stay values, and who watches cursors sees them."""

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from convergences.foundations.models import Heartbeat
from convergences.foundations.sql import statements

pytestmark = pytest.mark.database
_ECHO = "SELECT CAST(%s AS TEXT), '100 %%'"
_WRITE = """
    INSERT INTO foundations_heartbeat (worker, started_at, beat_at) VALUES (%s, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)
"""


@pytest.mark.parametrize("value", ["", "%s", "100 %", "?", "$1", "\\'; --", "' OR 1=1 --", "é 漢 😀", None])
def test_a_text_asked_again_takes_other_values(db: None, value: str | None) -> None:
    for given in (value, "other", value):
        assert statements.ask(_ECHO, [given]) == [(given, "100 %")]


def test_a_value_is_never_cut_where_a_library_would_stop_reading(db: None) -> None:
    if connection.vendor == "sqlite":
        assert statements.ask("SELECT length(CAST(%s AS BLOB))", ["a\0b"]) == [(3,)]
        return
    with pytest.raises(DataError, match="NUL"):
        statements.ask(_ECHO, ["a\0b"])


def test_names_are_not_taken_for_positions(db: None) -> None:
    asked = "SELECT CAST(%(b)s AS TEXT), CAST(%(a)s AS TEXT), CAST(%(b)s AS TEXT)"
    assert statements.ask(asked, {"a": "one", "b": "two", "unused": "three"}) == [("two", "one", "two")]


def test_who_refuses_a_statement_refuses_it_here_too(db: None) -> None:
    def refuse(*_asked: object) -> None:
        raise PermissionError

    with connection.execute_wrapper(refuse), pytest.raises(PermissionError):
        statements.ask(_ECHO, ["x"])


def test_a_change_is_undone_with_its_transaction(db: None) -> None:
    with transaction.atomic():
        assert statements.ask(_WRITE, ["undone"]) == []
        transaction.set_rollback(True)
    assert not Heartbeat.objects.filter(worker="undone").exists()


def test_a_refusal_is_django_s_and_nothing_follows_it_unseen(db: None) -> None:
    twice = transaction.atomic(savepoint=False)(lambda: statements.ask(_WRITE, ["twice"]))
    twice()
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            twice()
        with pytest.raises(TransactionManagementError):
            statements.ask(_ECHO, ["after"])
        transaction.set_rollback(True)
