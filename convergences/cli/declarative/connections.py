"""Connecting applications as their blocks say, whatever the protocol: `ways` has a line for each."""

from typing import Any

from convergences.catalog.models import Application
from convergences.cli.declarative.entries import ApplicationEntry
from convergences.cli.declarative.run import Item, Run, Wrong
from convergences.cli.declarative.ways import WAYS, Description, Way, document


def ask(run: Run) -> None:
    """Read what blocks name elsewhere, and ask applications what they publish; call it outside of any transaction."""
    for item in run.items("applications"):
        way, block = _way_of(item.entry)
        if way is not None and block:
            with run.telling(item):
                run.connections[item.entry.slug] = _asked(way, item, block)


def bring(run: Run, item: Item[ApplicationEntry], application: Application) -> None:
    """Connect an application, or change how it is; what connected it by another protocol goes.

    An empty block leaves what is there: the application is connected by the pages, or describes itself (RFC 7591).
    """
    for name, other in WAYS.items():
        if name != application.protocol and other.remove(application, actor=run.actor):
            run.plan.removed(other.kind, application.slug)
    way, _block = _way_of(item.entry)
    if way is not None and application.slug in run.connections:
        _define(run, way, application, run.connections[application.slug])


def blocks(way: Way) -> dict[int, Description]:
    """Return the block of every application that a protocol connects, by its identifier, without any secret."""
    rows: Any = way.row._default_manager  # noqa: SLF001 - Django's documented name
    return {row.application_id: way.described(row) for row in rows.all()}


def _way_of(entry: ApplicationEntry) -> tuple[Way | None, dict[str, Any]]:
    return WAYS.get(entry.protocol), getattr(entry, entry.protocol, None) or {}


def _asked(way: Way, item: Item[ApplicationEntry], block: dict[str, Any]) -> Description:
    entry = item.entry
    application = Application.objects.filter(slug=entry.slug).first() or Application(slug=entry.slug)
    row = way.of(application.pk)
    wanted = (way.described(row) if row is not None else {}) | block
    for name in way.secrets & set(block):
        wanted[name] = item.secrets(block[name], entry.protocol, name)
    for name in way.files & set(block):
        wanted[name] = _read(item, block[name], entry.protocol, name)
    try:
        return way.asked(row, application, wanted)
    except way.refusal as refusal:
        raise Wrong(refusal.sentence, entry.protocol, refusal.field) from refusal


def _read(item: Item[ApplicationEntry], given: Any, *key: str) -> Any:
    if not isinstance(given, dict) or set(given) != {"file"}:
        return given
    try:
        return document(item.source.path.parent, str(given["file"]))
    except ValueError as error:
        raise Wrong(str(error), *key) from error


def _define(run: Run, way: Way, application: Application, wanted: Description) -> None:
    present = way.of(application.pk)
    before = way.shown(present) if present is not None else {}
    try:
        defined = way.bring(application, wanted, actor=run.actor)
    except way.refusal as refusal:
        raise Wrong(refusal.sentence, application.protocol, refusal.field) from refusal
    row = way.of(application.pk)
    if defined.created:
        run.plan.created(way.kind, f"{application.slug} : {way.name(row)}")
    else:
        secret = {"client_secret": "(remplacé)"} if "secret_digests" in defined.changed else {}
        run.plan.changed(way.kind, application.slug, before, way.shown(row) | secret)
