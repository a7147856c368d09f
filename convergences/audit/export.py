"""The journal as a file that a spreadsheet opens: streamed, and harmless when opened."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from convergences.audit.models import AuditEvent
from convergences.audit.queries import label_of
from convergences.foundations.clock import PARIS

HEADINGS = ("Date", "Heure", "Action", "Par", "Pour", "Application", "Précisions", "Adresse IP", "Navigateur")
CHUNK = 500
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(value: str) -> str:
    """Return the value so that no spreadsheet runs it: a name typed « =HYPERLINK(…) » must stay a name (CWE-1236)."""
    flat = value.replace("\x00", "")
    return f"'{flat}" if flat.lstrip(" \u00a0").startswith(_FORMULA) else flat


def details_as_kept(event: AuditEvent) -> str:
    """Return the details of an event, names and values as they are kept."""
    return _spelled(event.details)


def rows(
    events: QuerySet[AuditEvent], *, zone: ZoneInfo = PARIS, spell: Callable[[AuditEvent], str] = details_as_kept
) -> Iterator[list[str]]:
    """Yield one list of harmless texts per event, in the order of `HEADINGS`, without holding them all."""
    for event in events.iterator(chunk_size=CHUNK):
        local = event.at.astimezone(zone)
        texts = (
            f"{local:%d/%m/%Y}",
            f"{local:%H:%M:%S}",
            label_of(event.action)[0],
            event.actor_label,
            event.subject_label,
            event.application,
            spell(event),
            event.address,
            event.browser,
        )
        yield [harmless(text) for text in texts]


def csv_lines(events: QuerySet[AuditEvent], *, spell: Callable[[AuditEvent], str] = details_as_kept) -> Iterator[str]:
    """Yield the lines of a CSV file as French spreadsheets expect it: UTF-8 with its mark, semicolons.

    `spell` says the details of an event in its readers' words.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    yield BYTE_ORDER_MARK
    writer.writerow(HEADINGS)
    for row in rows(events, spell=spell):
        writer.writerow(row)
        if buffer.tell() > 32_000:  # noqa: PLR2004 - a chunk worth sending
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _spelled(details: Any) -> str:
    if not isinstance(details, dict):
        return json.dumps(details, ensure_ascii=False)
    return " ; ".join(f"{key} : {_value(value)}" for key, value in sorted(details.items()))


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
