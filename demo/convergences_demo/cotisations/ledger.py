"""What an employer declares and owes each month; invented, the same each time, kept in memory."""

import datetime as dt
from dataclasses import dataclass
from threading import Lock

RATES = (("Cotisation obligatoire", 80), ("Cotisation additionnelle", 55), ("Socle commun", 12))
TO_DECLARE, DECLARED, PAID = "À déclarer", "Déclarée, à valider", "Validée"
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre")  # fmt: skip
_SHOWN = 6
_states: dict[tuple[str, str], str] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Declaration:
    """A month: what was paid to agents, and what is due on it, in euros."""

    key: str
    month: str
    agents: int
    base: int
    due: int
    state: str

    @property
    def base_text(self) -> str:
        """What was paid, as people write it."""
        return euros(self.base)

    @property
    def due_text(self) -> str:
        """What is due, as people write it."""
        return euros(self.due)


def euros(amount: int) -> str:
    """Return « 48 919 € »."""
    return f"{amount:,} €".replace(",", "\u202f").replace(" €", "\u00a0€")


def of(siret: str, today: dt.date) -> list[Declaration]:
    """Return an employer's months, the last one first; only that one may still have to be declared."""
    return [_declaration(siret, *_month(today, back), latest=back == 1) for back in range(1, _SHOWN + 1)]


def shares(declaration: Declaration) -> list[tuple[str, str, str]]:
    """Return each contribution: its name, its rate, its amount."""
    return [
        (name, f"{rate / 100:.2f} %".replace(".", ","), euros(declaration.base * rate // 10_000))
        for name, rate in RATES
    ]


def declare(siret: str, key: str) -> None:
    """Declare a month that has to be."""
    _move(siret, key, TO_DECLARE, DECLARED)


def validate(siret: str, key: str) -> None:
    """Validate a month that was declared."""
    _move(siret, key, DECLARED, PAID)


def _move(siret: str, key: str, before: str, after: str) -> None:
    with _lock:
        if _states.get((siret, key), TO_DECLARE) == before:
            _states[siret, key] = after


def _month(today: dt.date, back: int) -> tuple[int, int]:
    whole = today.year * 12 + today.month - 1 - back
    return whole // 12, whole % 12


def _declaration(siret: str, year: int, month: int, *, latest: bool) -> Declaration:
    seed = sum(map(int, filter(str.isdigit, siret))) or 7
    agents = 40 * seed + (year * 12 + month) % 9
    base = agents * (2310 + seed + month * 3)
    key = f"{year}-{month + 1:02}"
    state = _states.get((siret, key), TO_DECLARE) if latest else PAID
    return Declaration(
        key, f"{_MONTHS[month]} {year}", agents, base, sum(base * rate // 10_000 for _, rate in RATES), state
    )
