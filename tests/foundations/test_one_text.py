"""Columns brought as one text make the objects that Django reads."""

import datetime as dt

import pytest
from django.db import connection

from convergences.catalog.models import Application
from convergences.foundations.sql.one_text import one_text, values
from convergences.foundations.sql.prepared import Portion
from tests.cast import Cast

pytestmark = pytest.mark.database

WHOLE = [field.name for field in Application._meta.concrete_fields]
STRANGE = 'L’Hôte "%s" \\ [1,2] {} 王\r\n\t\x01'


def text_of(portion: Portion[Application], pk: int) -> str:
    with connection.cursor() as cursor:
        columns = one_text(portion.each_column("ap"))
        cursor.execute(f"SELECT {columns} FROM catalog_application ap WHERE ap.id = %s", [pk])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("opens_on", [None, dt.date(2026, 2, 1)])
@pytest.mark.parametrize("created_at", [dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)])
def test_every_kind_of_column_is_read_as_django_reads_it(
    cast: Cast, opens_on: dt.date | None, created_at: dt.datetime
) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(
        name=STRANGE, attributes=[STRANGE, "é"], opens_on=opens_on, created_at=created_at, remembers_devices=True
    )
    portion = Portion(Application, *WHOLE)
    usual, made = Application.objects.get(pk=cast.bip.pk), portion.made(values(text_of(portion, cast.bip.pk)))
    assert {name: getattr(made, name) for name in WHOLE} == {name: getattr(usual, name) for name in WHOLE}
    assert made.created_at.tzinfo is dt.UTC


def test_what_is_made_twice_of_a_text_is_not_shared(cast: Cast) -> None:
    portion = Portion(Application, "id", "attributes")
    text = text_of(portion, cast.bip.pk)
    first, second = portion.made(values(text)), portion.made(values(text))
    first.attributes.append("picture")
    assert "picture" not in second.attributes
