"""The clients of one protocol: their files, and what to do besides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from convergences.foundations.text import french
from convergences.web.panels.facts import Snippet
from convergences.web.panels.snippets import quoting, written
from convergences.web.panels.snippets.quoting import UnsayableError


@dataclass(frozen=True, slots=True)
class File:
    """A text to paste: which one, where it goes, in what language."""

    key: str
    place: str
    literal: quoting.Literal


@dataclass(frozen=True, slots=True)
class Kit:
    """A client of others, and what to do once its files are in place."""

    title: str
    files: tuple[File, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filling:
    """What texts are filled with, the lines to keep, and the folder where the texts are."""

    folder: Path
    values: Mapping[str, str | list[str]]
    flags: frozenset[str] = frozenset()


def filled(kit: Kit, filling: Filling, warnings: Sequence[str] = ()) -> list[Snippet]:
    """Return the files of one client, ready to paste; its notes and warnings are said by the first.

    A value that a file cannot hold without altering it leaves that file empty, and is said.
    """
    said = [french(warning) for warning in warnings]
    texts: list[str] = []
    for file in kit.files:
        try:
            template = written.template(filling.folder, file.key)
            texts.append(written.fill(template, filling.values, filling.flags, file.literal))
        except UnsayableError as value:
            texts.append("")
            said.append(f"{value} " + french("ne peut pas être écrit dans ce fichier sans y être transformé."))
    made = [Snippet(file.key, kit.title, french(file.place), text) for file, text in zip(kit.files, texts, strict=True)]
    first, *others = made
    note, warning = french("\n".join(kit.notes)), "\n".join(said)
    return [Snippet(first.key, first.title, first.place, first.text, note, warning), *others]
