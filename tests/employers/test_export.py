"""The list as a file: what the filters keep, harmless when opened, in as many queries for thousands as for few."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from convergences.directory.models import Organization
from tests.cast import Cast
from tests.employers.pages import LIST, julien, towns

pytestmark = pytest.mark.database

FORMULAS = ['=HYPERLINK("http://evil.example")', "+33", "-2+3", "@SUM(A1)", "\t=1+1", " =1+1"]


def _content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def _csv(cast: Cast, query: str = "") -> list[dict[str, str]]:
    text = _content(julien(cast).get(f"{LIST}.csv?{query}")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def _xlsx(cast: Cast, query: str = "") -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(_content(julien(cast).get(f"{LIST}.xlsx?{query}"))))
    return book.get_sheet_by_index(0).to_python()


def test_the_file_holds_the_employers_of_the_filters(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.pantin.pk).update(correspondent=cast.julien.agent, authority_name="Ève Martin")
    assert [line["Nom"] for line in _csv(cast)] == ["CIG petite couronne", "Ville de Pantin", "Ville de Romainville"]
    (line,) = _csv(cast, "q=pantin")
    assert line["SIRET"] == "21930055500014"
    assert line["Référents"] == "Moussa Diarra, Nadia Ferhat"
    assert line["Adresses e-mail des référents"] == "moussa.diarra@pantin.example, nadia.ferhat@pantin.example"
    assert (line["Comptes"], line["Correspondant"], line["Nom de l’autorité"]) == ("3", "Julien Moreau", "Ève Martin")


def test_both_files_say_the_same(cast: Cast) -> None:
    headings, *rows = _xlsx(cast)
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [{name: str(value).removesuffix(".0") for name, value in line.items()} for line in told] == _csv(cast)


@pytest.mark.parametrize("name", FORMULAS)
def test_no_spreadsheet_runs_what_somebody_typed(cast: Cast, name: str) -> None:
    Organization.objects.filter(pk=cast.pantin.pk).update(name=name, authority_address=name)
    (line,) = [line for line in _csv(cast) if line["SIRET"] == "21930055500014"]
    assert line["Nom"] == line["Adresse postale de l’autorité"] == f"'{name}"
    answer = julien(cast).get(f"{LIST}.xlsx")
    (row,) = [row for row in _xlsx(cast) if row[0] == "21930055500014"]
    assert row[1] == name
    assert b"<f>" not in _sheet_of(_content(answer))


def _sheet_of(content: bytes) -> bytes:
    import zipfile

    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_signs_that_xml_refuses_do_not_break_the_file(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.pantin.pk).update(authority_name="Ève\x0b\x1f\ufffe Martin")
    assert "Ève Martin" in [row[7] for row in _xlsx(cast)]


def test_another_form_of_file_is_not_found(cast: Cast) -> None:
    assert julien(cast).get(f"{LIST}.pdf").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_thousands_of_employers_cost_the_queries_of_thirty(cast: Cast, form: str) -> None:
    def queries() -> int:
        browser = julien(cast)
        with CaptureQueriesContext(connection) as captured:
            _content(browser.get(f"{LIST}.{form}"))
        return len(captured)

    towns(0, 30)
    few = queries()
    towns(30, 2500)
    assert queries() == few
    assert few <= 10
