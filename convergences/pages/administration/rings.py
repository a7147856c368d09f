"""The keys of one algorithm, in words: which signs, which comes, which signed lately, which are gone."""

import datetime as dt
from dataclasses import dataclass, field

from convergences.foundations import clock, keys
from convergences.foundations.models import SigningKey
from convergences.foundations.text import french
from convergences.web.wording import dates

OLD = dt.timedelta(days=365)
KEPT_IN_SIGHT = 5
ABOUT = {
    "ES256": "Courbe elliptique P-256. C'est l'algorithme par défaut.",
    "RS256": "RSA de 2048 bits, pour qui ne connaît pas les courbes.",
    "EdDSA": "Courbe Ed25519, pour qui la demande.",
}
_STATES = {
    "signing": ("ok", "Signe", "signature"),
    "next": ("info", "Prochaine", "clock"),
    "published": ("warn", "Ne signe plus", "history"),
    "withdrawn": ("", "Retirée", "x"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A key: its public name, its state, and since or until when."""

    kid: str
    tone: str
    said: str
    icon: str
    sentence: str


@dataclass(slots=True)
class Ring:
    """The keys of one algorithm. `waiting_until`: a next key is published already, and signs from then."""

    algorithm: str
    about: str
    lines: list[Line] = field(default_factory=list)
    withdrawn: list[Line] = field(default_factory=list)
    gone: int = 0
    signs_since: dt.datetime | None = None
    waiting_until: dt.datetime | None = None

    def is_old(self, now: dt.datetime) -> bool:
        """Say whether the key that signs has done so for more than a year, and none comes after it."""
        return self.signs_since is not None and self.waiting_until is None and now - self.signs_since > OLD

    @property
    def years(self) -> int:
        """For how many whole years the key has signed."""
        return (clock.now() - self.signs_since).days // 365 if self.signs_since else 0


def rings() -> list[Ring]:
    """Return each algorithm's keys, the latest first; one query."""
    now = clock.now()
    found = {algorithm: Ring(algorithm, french(ABOUT[algorithm])) for algorithm in keys.ALGORITHMS}
    for key in keys.all_keys():
        _add(found[key.algorithm], key, keys.state_of(key, now))
    return list(found.values())


def ring(algorithm: str) -> Ring | None:
    """Return the keys of one algorithm, None when it is none of ours."""
    return next((each for each in rings() if each.algorithm == algorithm), None)


def _add(ring: Ring, key: SigningKey, state: str) -> None:
    line = Line(key.kid, *_STATES[state], sentence=french(_sentence(key, state)))
    if state == "withdrawn":
        ring.gone += 1
        if len(ring.withdrawn) < KEPT_IN_SIGHT:
            ring.withdrawn.append(line)
        return
    ring.lines.append(line)
    if state == "signing" and ring.signs_since is None:
        ring.signs_since = key.signs_from
    if state == "next":
        ring.waiting_until = key.signs_from


def _sentence(key: SigningKey, state: str) -> str:
    if state == "next":
        return f"Publiée {_since(key.created_at)}, signera {_at(key.signs_from)}"
    if state == "signing":
        last = f", jusqu'au relais {_at(key.signs_until)}" if key.signs_until else ""
        return f"Signe {_since(key.signs_from)}{last}"
    if state == "published" and key.signs_until and key.published_until:
        return f"A cessé de signer {_at(key.signs_until)} ; reste publiée jusqu'au {dates.day(key.published_until)}"
    return f"Retirée {_at(key.published_until)}" if key.published_until else "Retirée"


def _since(at: dt.datetime) -> str:
    return f"depuis le {dates.day(at)}"


def _at(at: dt.datetime) -> str:
    return dates.hour(at, capital=False)
