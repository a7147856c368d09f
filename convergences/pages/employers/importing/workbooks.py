"""The first sheet of a workbook, as texts: read in another process (`foundations.sandbox`).

A sheet of a thousand bytes whose only cell is its last one, XFD1048576, makes the reader ask for all cells at once, and
abort the process: no size can be judged before it is read.
"""

import io
import json
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from convergences.foundations import sandbox
from convergences.foundations.errors import Refusal

MAX_LINES = 1000
MAX_COLUMNS = 40
_TOO_LARGE = f"La première feuille est trop grande : {MAX_LINES} lignes et {MAX_COLUMNS} colonnes au plus."


class Unreadable(Exception):  # noqa: N818 - what was read is, not what reads
    """This is no workbook."""


def first_sheet(content: bytes, refusing: type[Refusal]) -> list[list[str]]:
    """Return the lines of the first sheet; raises `Unreadable`, or `refusing` with a sentence."""
    try:
        lines: list[list[str]] | None = json.loads(sandbox.run(__name__, content, refusing))
    except sandbox.Crashed:
        raise Unreadable from None
    if lines is None:
        raise Unreadable
    return lines


def _read(content: bytes) -> bytes:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_width > MAX_COLUMNS or sheet.total_height > 4 * MAX_LINES:
            raise Refusal(_TOO_LARGE)
        return json.dumps([[_text(cell) for cell in row] for row in sheet.to_python()]).encode()
    except (CalamineError, IndexError, ValueError):
        return b"null"


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a SIRET that the spreadsheet took for a number
    return str(cell)


if __name__ == "__main__":
    sandbox.serve(_read)
