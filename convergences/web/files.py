"""Lists that leave as files: written as they are read, whatever their length, and harmless when opened."""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, cast

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from convergences.audit.export import BYTE_ORDER_MARK, harmless

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Row = Sequence[str | int]
# Neither a formula, nor an address to click on, nor a number: what somebody typed stays the text that it is.
_AS_TYPED = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ENOUGH = 32_000  # characters: a chunk worth sending
_WIDTH = 26


def as_csv(name: str, headings: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """Answer with a CSV file as French spreadsheets expect it (UTF-8 with its mark, semicolons), formulas defused."""
    response = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def as_xlsx(name: str, headings: Sequence[str], rows: Iterable[Row]) -> FileResponse:
    """Answer with an XLSX file; rows pass one by one to a temporary file that goes with the answer."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    book = xlsxwriter.Workbook(file, _AS_TYPED)
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    sheet.set_column(0, len(headings) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, bold)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, _NOT_IN_XML.sub("", value))
    book.close()
    file.seek(0)
    response = FileResponse(cast("IO[bytes]", file), as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    response["Cache-Control"] = "no-store"
    return response


def as_attachment(name: str, content: bytes, content_type: str) -> HttpResponse:
    """Answer with a file that nothing keeps on the way."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def as_zip(name: str, parts: Iterable[tuple[str, bytes]]) -> StreamingHttpResponse:
    """Answer with files in one archive, written as it is sent: memory holds one file at a time."""
    response = StreamingHttpResponse(_zipped(parts), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    response["Cache-Control"] = "no-store"
    return response


class _Sent(io.RawIOBase):
    """What an archive writes to, and gives away: it cannot go back."""

    def __init__(self) -> None:
        self.kept = bytearray()

    def writable(self) -> bool:
        """Say that this is written to."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep what comes until it is taken."""
        self.kept += data
        return memoryview(data).nbytes

    def taken(self) -> bytes:
        """Return what came since the last time."""
        taken = bytes(self.kept)
        self.kept.clear()
        return taken


def _zipped(parts: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts:
            archive.writestr(name, content)
            yield sent.taken()
    yield sent.taken()


def _lines(headings: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in row])
        if buffer.tell() > _ENOUGH:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
