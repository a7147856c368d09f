"""Files that employers bring before the commission; invented, kept in memory, seen by their own employer only."""

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from threading import Lock

KINDS = (
    "Imputabilité au service d’un accident",
    "Imputabilité d’une maladie professionnelle",
    "Congé de longue maladie",
    "Congé de longue durée",
    "Temps partiel thérapeutique",
    "Retraite pour invalidité",
)
STATES = ("Dossier complet", "Expertise en cours", "Pièce attendue", "Avis rendu")
RECEIVED = "Déposé"
_MOST = 100
_INITIALS = re.compile(r"[A-ZÀ-Ý]\. ?[A-ZÀ-Ý]\.")


@dataclass(frozen=True, slots=True)
class Case:
    """One file: an agent by their initials, for lists are read over shoulders."""

    number: str
    initials: str
    kind: str
    state: str
    session: dt.date


_deposited: dict[str, list[Case]] = {}
_numbers = itertools.count(118)
_lock = Lock()


def of(siret: str, today: dt.date) -> list[Case]:
    """Return an employer's files, last deposited first."""
    return [*reversed(_deposited.get(siret, [])), *_of_before(siret, today)]


def sessions(today: dt.date) -> list[dt.date]:
    """Return the next three sessions: the second Thursday of each month."""
    months = [(today.year + (today.month - 1 + ahead) // 12, (today.month - 1 + ahead) % 12 + 1) for ahead in range(5)]
    return [day for day in map(_second_thursday, months) if day > today][:3]


def deposit(siret: str, initials: str, kind: str, today: dt.date) -> str:
    """Keep a new file; return what is wrong with it, in French, or nothing."""
    initials = initials.strip().upper()
    if not _INITIALS.fullmatch(initials):
        return "Saisissez les initiales de l’agent, par exemple A. B. : le nom n’apparaît jamais dans les listes."
    if kind not in KINDS:
        return "Choisissez l’objet de la saisine dans la liste."
    with _lock:
        kept = _deposited.setdefault(siret, [])
        kept.append(Case(f"{today.year}-{next(_numbers)}", initials, kind, RECEIVED, sessions(today)[0]))
        del kept[:-_MOST]
    return ""


def _second_thursday(month: tuple[int, int]) -> dt.date:
    first = dt.date(*month, 1)
    return first + dt.timedelta(days=(3 - first.weekday()) % 7 + 7)


def _of_before(siret: str, today: dt.date) -> list[Case]:
    """Return files that look like those of this employer, the same each time."""
    seed = sum(map(int, filter(str.isdigit, siret)))
    coming = sessions(today)
    return [
        Case(
            number=f"{today.year}-{100 - row * 7}",
            initials=f"{chr(65 + (seed * 3 + row * 5) % 26)}. {chr(65 + (seed + row * 11) % 26)}.",
            kind=KINDS[(seed + row * 2) % len(KINDS)],
            state=STATES[row % len(STATES)],
            session=coming[row % 2],
        )
        for row in range(4)
    ]
