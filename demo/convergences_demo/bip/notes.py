"""Notes that managers leave under sheets, for their own employer only; kept in memory, this is a demo."""

import itertools
from dataclasses import dataclass
from threading import Lock

from convergences_demo.bip import sheets

LONGEST = 500
_MOST = 200


@dataclass(frozen=True, slots=True)
class Note:
    """What a manager of an employer wrote under a sheet."""

    number: int
    sheet: sheets.Sheet
    text: str
    author: str


_notes: dict[str, list[Note]] = {}
_numbers = itertools.count(1)
_lock = Lock()


def of(siret: str, slug: str) -> list[Note]:
    """Return an employer's notes under one sheet."""
    return [note for note in all_of(siret) if note.sheet.slug == slug]


def all_of(siret: str) -> list[Note]:
    """Return an employer's notes, last first."""
    return list(reversed(_notes.get(siret, [])))


def write(siret: str, slug: str, text: str, author: str) -> str:
    """Keep a note; return what is wrong with it, in French, or nothing."""
    sheet = sheets.by_slug(slug)
    text = text.strip()
    if sheet is None:
        return "Choisissez une fiche dans la liste."
    if not text:
        return "Écrivez votre note."
    if len(text) > LONGEST:
        return f"Votre note dépasse {LONGEST} caractères : raccourcissez-la."
    with _lock:
        kept = _notes.setdefault(siret, [])
        kept.append(Note(next(_numbers), sheet, text, author))
        del kept[:-_MOST]
    return ""


def erase(siret: str, number: int) -> None:
    """Forget one of an employer's notes; another employer's number does nothing."""
    with _lock:
        _notes[siret] = [note for note in _notes.get(siret, []) if note.number != number]
