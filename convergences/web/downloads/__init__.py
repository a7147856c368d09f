"""Lists that leave as files: written as they are read, whatever their length, and harmless when opened."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.http import HttpResponse, StreamingHttpResponse

from convergences.audit.export import BYTE_ORDER_MARK, harmless
from convergences.web.downloads import archives, spreadsheets

Row = spreadsheets.Row
_ENOUGH = 32_000  # characters: a chunk worth sending


def as_csv(name: str, headings: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """Answer with a CSV file as French spreadsheets expect it (UTF-8 with its mark, semicolons), formulas defused."""
    response = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
    return _attached(response, f"{name}.csv")


def as_xlsx(name: str, headings: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """Answer with an XLSX file, sent as rows are read."""
    response = StreamingHttpResponse(spreadsheets.written(headings, rows), content_type=spreadsheets.TYPE)
    return _attached(response, f"{name}.xlsx")


def as_attachment(name: str, content: bytes, content_type: str) -> HttpResponse:
    """Answer with a file that nothing keeps on the way."""
    return _attached(HttpResponse(content, content_type=content_type), name)


def as_zip(name: str, parts: Iterable[tuple[str, bytes]]) -> StreamingHttpResponse:
    """Answer with files in one archive, written as it is sent: memory holds one file at a time."""
    response = StreamingHttpResponse(archives.zipped(parts), content_type="application/zip")
    return _attached(response, f"{name}.zip")


Answer = TypeVar("Answer", HttpResponse, StreamingHttpResponse)


def _attached(response: Answer, name: str) -> Answer:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


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
