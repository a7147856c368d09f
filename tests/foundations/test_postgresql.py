"""A thread keeps its connection: a server that stops meanwhile fails no request, and none outlives its thread."""

import datetime as dt
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from convergences.foundations.postgresql import connection as driver

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL alone"),
]
_WHO = "SELECT pg_backend_pid()"


@pytest.fixture
def kept(db: None) -> Iterator[Any]:
    """Another connection than the test's, which is in a transaction."""
    here = connections.create_connection(DEFAULT_DB_ALIAS)
    yield here
    here.close()


def stop(here: Any) -> int:
    """Stop what serves a connection, as a server that restarts does; return who it was."""
    [[pid]] = here.ask(_WHO, [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    return int(pid)


def test_a_server_that_stopped_between_two_requests_is_found_again(kept: Any) -> None:
    gone = stop(kept)
    kept.close_if_unusable_or_obsolete()  # as at each request
    assert kept.ask(_WHO, []) != [(gone,)]


def test_one_that_stops_within_a_request_fails_it_and_not_the_next(kept: Any) -> None:
    stop(kept)
    with pytest.raises(OperationalError):
        kept.ask(_WHO, [])
    kept.close_if_unusable_or_obsolete()
    assert kept.ask(_WHO, [])


def test_a_connection_that_slept_is_asked_whether_it_lives(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    [[first]] = kept.ask(_WHO, [])
    monkeypatch.setattr(driver, "IDLE_SECONDS", 0)
    monkeypatch.setattr(kept, "is_usable", lambda: False)  # what a firewall has forgotten answers nothing
    kept.close_if_unusable_or_obsolete()
    assert kept.ask(_WHO, []) != [(first,)]


def test_a_thread_that_ends_leaves_no_connection(db: None) -> None:
    opened: list[Any] = []

    def work() -> None:
        connection.ensure_connection()
        opened.append(connection.connection)
        assert not connection.connection.closed

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [each.closed for each in opened] == [True]


@pytest.mark.parametrize(("said", "count"), [(True, 1), (False, 0)])
def test_nothing_is_left_prepared_where_a_pool_stands_between(kept: Any, *, said: bool, count: int) -> None:
    kept.settings_dict = {
        **kept.settings_dict,
        "OPTIONS": {**kept.settings_dict["OPTIONS"], "prepared_statements": said},
    }
    for _ in range(3):
        kept.ask(_WHO, [])
    with kept.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (count,)


def test_a_pool_that_forgets_what_was_prepared_is_served_without(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver.Connection, "prepares", True)  # and again afterwards
    kept.ask(_WHO, [])
    kept.ask("DISCARD ALL", [])  # as another server than the one that prepared
    assert kept.ask(_WHO, [])
    assert not kept.connection.prepares


def test_a_name_is_that_of_one_text_for_whoever_shares_a_connection(kept: Any) -> None:
    kept.ask(_WHO, [])
    with kept.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        [(name,)] = cursor.fetchall()
    driver._written.cache_clear()  # another process
    kept.ask("SELECT 1", [])
    assert driver._written(_WHO).name.decode() == name
    assert driver._written("SELECT 1").name.decode() != name


def test_values_of_every_kind_arrive_as_a_cursor_sends_them(kept: Any) -> None:
    asked = "SELECT json_build_array(%s::int, %s::bool, %s::uuid, %s::date, %s::timestamptz, %s::text)::text"
    key = uuid.UUID(int=7)
    instant = dt.datetime(2026, 3, 29, 1, 30, 0, 12300, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    values = [-3, True, key, instant.date(), instant, None]
    [[told]] = kept.ask(asked, values)
    with kept.cursor() as cursor:
        cursor.execute(asked, values)
        assert cursor.fetchone() == (told,)


def test_a_transaction_is_one_whoever_asks_first(kept: Any) -> None:
    kept.set_autocommit(False)
    kept.ask("CREATE TEMPORARY TABLE tried (number integer)", [])
    kept.rollback()
    kept.ask("CREATE TEMPORARY TABLE tried (number integer)", [])
    kept.commit()
    kept.set_autocommit(True)
    assert kept.ask("SELECT count(*) FROM tried", []) == [(0,)]
