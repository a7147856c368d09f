"""A statement is written for SQLite once, and asked with each caller's own values."""

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.database,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite alone"),
]


@pytest.mark.parametrize("value", ["", "%s", "100 %", "?", "' OR 1=1 --"])
def test_a_text_asked_again_takes_other_values(db: None, value: str) -> None:
    with connection.cursor() as cursor:
        for given in (value, "other", value):
            cursor.execute("SELECT %s, '100 %%'", [given])
            assert cursor.fetchone() == (given, "100 %")


def test_names_are_not_taken_for_positions(db: None) -> None:
    with connection.cursor() as cursor:
        for number in (1, 2):
            cursor.execute("SELECT %(a)s, %(b)s, %(a)s", {"a": number, "b": "two"})
            assert cursor.fetchone() == (number, "two", number)


def test_a_text_without_values_is_left_as_it_is(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '%s'")
        assert cursor.fetchone() == ("%s",)
