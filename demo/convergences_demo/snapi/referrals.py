"""What employers bring before the commissions; invented, kept in memory, seen by their own employer only."""

import datetime as dt
import zlib
from dataclasses import dataclass
from threading import Lock

KINDS = (
    "Refus de titularisation",
    "Disponibilité",
    "Révision d’un entretien professionnel",
    "Licenciement en fin de stage",
)
CATEGORIES = ("CAP A", "CAP B", "CAP C")
STATES = ("En instruction", "Inscrit à l’ordre du jour", "Avis rendu")
_MOST = 50
_filed: dict[str, list["Referral"]] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Referral:
    """A file brought before a commission."""

    number: str
    kind: str
    category: str
    state: str


def of(employer: str, today: dt.date) -> list[Referral]:
    """Return an employer's files, the last one first."""
    seed = zlib.crc32(employer.encode())
    before = [
        Referral(
            f"{today.year}-{210 - row * 13}", KINDS[(seed + row) % 4], CATEGORIES[(seed >> row) % 3], STATES[row % 3]
        )
        for row in range(3)
    ]
    return [*reversed(_filed.get(employer, [])), *before]


def file(employer: str, kind: str, today: dt.date) -> None:
    """Keep a new file; another word than ours does nothing."""
    if kind not in KINDS:
        return
    with _lock:
        kept = _filed.setdefault(employer, [])
        kept.append(Referral(f"{today.year}-{240 + len(kept)}", kind, CATEGORIES[len(kept) % 3], "Reçu"))
        del kept[:-_MOST]


def sessions(today: dt.date) -> list[tuple[str, dt.date]]:
    """Return each commission's next session."""
    return [(name, today + dt.timedelta(days=17 + rank * 7 - today.weekday())) for rank, name in enumerate(CATEGORIES)]
