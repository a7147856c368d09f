"""Workbooks made to break who reads them: the process that serves everybody outlives them, and says what to do."""

import io
import zipfile

import pytest
import xlsxwriter

from convergences.pages.employers.importing.tables import BadFile, read_table
from tests.cast import Cast
from tests.employers.pages import julien
from tests.team.pages import words

IMPORT = "/espace-cig/importer-des-employeurs"
SHEET = "xl/worksheets/sheet1.xml"
LAST = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
BEYOND = "<row r='99999999999'><c r='ZZZZZZZZ99999999999'><v>1</v></c></row>"
BILLION = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>"


def _book(sheet: str = "", before: str = "") -> bytes:
    """Return a workbook of one cell, whose sheet holds more than it says."""
    kept, made = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        book.add_worksheet().write("A1", "SIRET")
    with zipfile.ZipFile(kept) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as again:
        for name in parts.namelist():
            content = parts.read(name).decode()
            if name == SHEET:
                content = content.replace("</sheetData>", f"{sheet}</sheetData>").replace(
                    "<worksheet", f"{before}<w", 1
                )
                content = content.replace("<w ", "<worksheet ", 1)
            again.writestr(name, content)
    return made.getvalue()


def _corrupt() -> bytes:
    whole = _book()
    start = whole.index(b"PK\x03\x04") + 30 + len("[Content_Types].xml")
    return whole[:start] + b"\xff" * 8 + whole[start + 8 :]


def test_a_sign_that_no_database_keeps_is_left_out_of_a_cell() -> None:
    cell = "<row r='2'><c r='A2' t='inlineStr'><is><t>21930_x0000_008400015</t></is></c></row>"
    content = _book(cell)
    assert "\x00" not in str(read_table(io.BytesIO(content), len(content)))


@pytest.mark.database
@pytest.mark.parametrize("cell", ["\\u0000", "\\ud800"])
def test_lines_altered_on_their_way_back_are_told(cast: Cast, cell: str) -> None:
    for name in ("siret", "name", "parent"):
        shown = julien(cast).post(IMPORT, {"rows": f'[{{"{name}": "{cell}"}}]', "mark": "x"})
        assert shown.status_code == 422
        assert "pas arrivée entière" in words(shown)


@pytest.mark.parametrize(
    "content",
    [_book(LAST), _book(BEYOND), _book("<row><c><v>&b;</v></c></row>", BILLION), _corrupt(), _book()[:400]],
    ids=["last cell", "beyond all cells", "entities", "corrupt", "cut"],
)
def test_a_hostile_workbook_is_refused_and_nothing_else_happens(content: bytes) -> None:
    with pytest.raises(BadFile):
        read_table(io.BytesIO(content), len(content))
