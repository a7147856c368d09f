"""`convergences audit`: is the journal whole, and give me a copy."""

import datetime as dt
import json
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import IO

import click
from django.db import transaction
from django.db.models import QuerySet

from convergences.audit import export
from convergences.audit.actions import Action
from convergences.audit.models import AuditEvent
from convergences.audit.queries import JournalFilters, journal, label_of
from convergences.audit.services import record
from convergences.audit.verification import Anchor, Report, verify
from convergences.cli.answers import answer, counted, json_option, operator

_ANCHOR = re.compile(r"(\d+):([0-9a-f]{64})")
DAY = click.DateTime(["%Y-%m-%d"])


@click.group("audit", short_help="Journal : vérifier, exporter.")
def command() -> None:
    """Journal des événements."""


@command.command("verify")
@click.option(
    "--anchor", metavar="NUMÉRO:SCEAU", help="Sceau noté ailleurs, par exemple dans les traces (audit.sealed)."
)
@json_option
def check(anchor: str | None, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Relit toute la chaîne des sceaux. Sort en erreur si un événement a été modifié, retiré, ajouté ou déplacé."""
    report = verify(_anchor(anchor))
    state = "Le journal est intact" if report.sound else "LE JOURNAL N’EST PLUS INTACT"
    lines = [
        *[problem.sentence for problem in report.problems],
        f"{state} : {counted(report.checked, 'événement scellé relu')}, {report.unsealed} en attente de sceau.",
        *_purged(report),
        f"Dernier sceau : {report.last_sequence}:{report.last_seal}",
    ]
    answer({**asdict(report), "sound": report.sound}, lines, as_json=as_json)
    if not report.sound:
        raise SystemExit(1)


def _purged(report: Report) -> list[str]:
    if not report.purged:
        return []
    return [f"{counted(report.purged, 'événement purgé')} au terme de douze mois, jusqu’au {report.purged_until[:10]}."]


@command.command("export")
@click.option("--from", "start", type=DAY, help="Premier jour, AAAA-MM-JJ.")
@click.option("--to", "end", type=DAY, help="Dernier jour, AAAA-MM-JJ.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire [sortie standard].")
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON par ligne, au lieu de CSV.")
def write(start: dt.datetime | None, end: dt.datetime | None, output: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Écrit le journal, le plus récent d’abord, sans le charger en mémoire. L’export est lui-même journalisé."""
    filters = JournalFilters(start=start.date() if start else None, end=end.date() if end else None)
    with transaction.atomic():
        first, last = str(filters.start or ""), str(filters.end or "")
        record(Action.JOURNAL_EXPORTED, actor=operator("audit export"), start=first, end=last)
    events = journal(filters=filters)
    pieces = _json_lines(events) if as_json else export.csv_lines(events)
    opened = output.open("w", encoding="utf-8", newline="") if output else nullcontext(sys.stdout)
    with opened as file:
        _pour(pieces, file)


def _pour(pieces: Iterator[str], file: IO[str]) -> None:
    for piece in pieces:
        file.write(piece)


def _json_lines(events: QuerySet[AuditEvent]) -> Iterator[str]:
    names = [field.attname for field in AuditEvent._meta.concrete_fields if field.attname != "search_text"]  # noqa: SLF001 - Django's public _meta
    for event in events.values(*names).iterator(chunk_size=export.CHUNK):
        value = {**event, "at": event["at"].isoformat(), "label": label_of(event["action"])[0]}
        yield json.dumps(value, ensure_ascii=False) + "\n"


def _anchor(text: str | None) -> Anchor | None:
    if text is None:
        return None
    found = _ANCHOR.fullmatch(text.strip())
    if found is None:
        raise click.UsageError("--anchor attend un numéro, deux-points, puis un sceau de 64 caractères.")
    return Anchor(int(found[1]), found[2])
