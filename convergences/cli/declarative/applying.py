"""Bringing the database to what files say: everything, or nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from convergences.audit.services import Actor
from convergences.cli.declarative import agents, applications, connections, organizations
from convergences.cli.declarative.plan import Plan
from convergences.cli.declarative.problems import BadFiles, Problem
from convergences.cli.declarative.run import Item, Run
from convergences.cli.declarative.source import read
from convergences.cli.declarative.validation import File, validated

SECTIONS: tuple[Callable[[Run], None], ...] = (
    organizations.bring,
    applications.bring,
    applications.bring_subscriptions,
    agents.bring,
    applications.bring_pilots,
    organizations.bring_correspondents,
)
_KEYS: dict[str, tuple[str, ...]] = {
    "organizations": ("key",),
    "applications": ("slug",),
    "subscriptions": ("organization", "application"),
    "agents": ("email",),
}


def load(paths: list[Path]) -> list[File]:
    """Read and check the files together; raises `BadFiles` with every problem of all of them."""
    files: list[File] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            files.append(validated(read(path)))
        except BadFiles as error:
            problems += error.problems
    if problems:
        raise BadFiles(problems)
    return files


def apply(files: list[File], *, actor: Actor, dry: bool = False) -> Plan:
    """Apply the files in one transaction and return what changed; with `dry`, what would, and nothing is written.

    Raises `BadFiles` when something is refused; then nothing is written either.
    """
    run = Run(files, actor)
    run.problems += _written_twice(run)
    run.stop_if_wrong()
    # Applications are asked what they publish before anything is locked: SQLite has one writer.
    connections.ask(run)
    run.stop_if_wrong()
    with transaction.atomic():
        for bring in SECTIONS:
            bring(run)
            run.stop_if_wrong()
        if dry:
            transaction.set_rollback(True)
    return run.plan


def _written_twice(run: Run) -> Iterator[Problem]:
    for section, names in _KEYS.items():
        seen: dict[tuple[str, ...], Item[Any]] = {}
        for item in run.items(section):
            key = tuple(getattr(item.entry, name).lower() for name in names)
            first = seen.setdefault(key, item)
            if first is not item:
                where = f"{first.source.path}:{first.source.line(first.place)}"
                yield item.source.problem(item.at(names[0]), f"« {' / '.join(key)} » est déjà décrit : {where}")
