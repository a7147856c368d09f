"""Spreadsheets: valid, sent as rows are read, and what was typed in them does nothing."""

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator

from python_calamine import CalamineWorkbook

from convergences.web.downloads.spreadsheets import Row, written


def _read(content: bytes) -> list[list[object]]:
    return list(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())


def test_texts_stay_texts_and_numbers_numbers() -> None:
    rows: list[Row] = [["=1+1", "0042", 7, " à côté "], ["<b>&amp;</b>", "]]>", 0, ""]]
    content = b"".join(written(("A", "B", "C", "D & E"), rows))
    assert _read(content) == [
        ["A", "B", "C", "D & E"],
        ["=1+1", "0042", 7.0, " à côté "],
        ["<b>&amp;</b>", "]]>", 0.0, ""],
    ]


def test_every_part_is_xml_and_is_declared() -> None:
    """ISO/IEC 29500-2, 10: a part whose type is not declared makes the package invalid."""
    archive = zipfile.ZipFile(io.BytesIO(b"".join(written(("A",), [["\x00\x0b\ud800\ufffe é"]]))))
    assert archive.testzip() is None
    parts = {name: ET.fromstring(archive.read(name)) for name in archive.namelist()}
    declared = {each.get("PartName", "").lstrip("/") for each in parts["[Content_Types].xml"]}
    assert set(parts) - declared == {"[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"}
    assert _read(b"".join(written(("A",), [["\x00\x0b\ud800\ufffe é"]]))) == [["A"], [" é"]]


def test_the_first_rows_leave_before_the_last_are_read() -> None:
    read = 0

    def rows() -> Iterator[Row]:
        nonlocal read
        for read in range(2000):  # noqa: B007 - how far it was read is what counts
            yield ["x" * 200]

    next(written(("A",), rows()))
    assert read < 1000
