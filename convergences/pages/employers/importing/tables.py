"""The file itself: a spreadsheet or a CSV, into lines of texts. Bounded before anything is understood."""

import csv
import io
import zipfile
import zlib
from typing import BinaryIO

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.employers.importing import workbooks
from convergences.pages.employers.importing.workbooks import MAX_COLUMNS, MAX_LINES

MAX_BYTES = 2 * 1024 * 1024
MAX_INFLATED = 40 * 1024 * 1024
MAX_CELL = 500
_CHUNK = 64 * 1024
_ZIP = b"PK\x03\x04"

Table = list[list[str]]


class BadFile(Refusal):
    """The file cannot be read as a list; the sentence says what to do."""

    code = "bad_file"

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence), field="file")


def read_table(file: BinaryIO, size: int | None) -> Table:
    """Return the lines of the file's first sheet, headings included, empty lines left out; raises `BadFile`."""
    if (size or 0) > MAX_BYTES:
        raise BadFile("Ce fichier est trop lourd : 2 Mo au plus.")
    content = file.read(MAX_BYTES + 1)
    table = _from_spreadsheet(content) if content.startswith(_ZIP) else _from_text(content)
    kept = [line for line in table if any(line)]
    if len(kept) < 2:  # noqa: PLR2004 - the headings, and an employer
        raise BadFile("Ce fichier est vide : il faut une ligne de titres, puis un employeur par ligne.")
    if len(kept) > MAX_LINES + 1:
        raise BadFile(f"Ce fichier compte plus de {MAX_LINES} employeurs : partagez-le en plusieurs.")
    return kept


def _from_spreadsheet(content: bytes) -> Table:
    _check_inflation(content)
    try:
        lines = workbooks.first_sheet(content, BadFile)
    except workbooks.Unreadable:
        raise BadFile(_UNREADABLE) from None
    return [[_bounded(cell) for cell in line] for line in lines]


def _check_inflation(content: bytes) -> None:
    """Refuse a bomb: what the parts announce is not believed, they are inflated under a limit."""
    left = MAX_INFLATED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                with parts.open(name) as part:
                    while chunk := part.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise BadFile(_UNREADABLE)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error) as problem:
        raise BadFile(_UNREADABLE) from problem


_UNREADABLE = (
    "Ce fichier ne peut pas être lu. Enregistrez-le comme classeur Excel (.xlsx) ou comme CSV, puis recommencez."
)


def _from_text(content: bytes) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what Excel writes in France
    if "\x00" in text:
        raise BadFile(_UNREADABLE)
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    table: Table = []
    try:
        for line in csv.reader(io.StringIO(text), delimiter=separator):
            if len(line) > MAX_COLUMNS or len(table) > 4 * MAX_LINES:
                raise BadFile(f"Ce fichier est trop grand : {MAX_LINES} lignes et {MAX_COLUMNS} colonnes au plus.")
            table.append([_bounded(cell) for cell in line])
    except csv.Error as problem:
        raise BadFile(_UNREADABLE) from problem
    return table


def _bounded(cell: str) -> str:
    # Our own files put an apostrophe before what a spreadsheet would run.
    bare = cell[1:] if cell[:1] == "'" and cell[1:].lstrip(" \u00a0")[:1] in set("=+-@\t\r\n|%") else cell
    return " ".join(bare.replace("\x00", "").split())[:MAX_CELL]
