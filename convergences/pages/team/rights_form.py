"""The form of habilitations: for each application a switch, a role and an end date.

It reads what was posted, refuses what no honest page can send, and keeps every input on error. Whether a right may be
given is the domain's to say.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.http import QueryDict

from convergences.catalog.models import ApplicationRole
from convergences.directory.details import LATEST
from convergences.entitlements.errors import RightRefused
from convergences.entitlements.queries import RightLine, sheet_version
from convergences.entitlements.rules import Obstacle
from convergences.entitlements.terms import Wish
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import day_in_words, french

SEVERAL = "+"
PREFIXES = ("droit-", "role-", "roles-", "fin-")
ALTERED = french("Ce formulaire ne correspond pas à la page affichée. Rechargez la page, puis recommencez.")
TWICE = french("Une information a été envoyée deux fois. Rechargez la page, puis recommencez.")
TONES = {
    "not_open_yet": ("Pas encore ouverte", "calendar-event"),
    "no_seat": ("Plus de place", "alert-triangle"),
    "not_subscribed": ("Pas d’abonnement", "lock"),
    "application_closed": ("Fermée", "lock"),
}


@dataclass(slots=True)
class Line:
    """One application of the form, as shown: current right, or what was posted, and what is wrong with it."""

    source: RightLine
    on: bool
    chosen: tuple[str, ...]
    several: bool
    ends_on: str
    error: str = ""
    role_error: str = ""
    end_error: str = ""

    @property
    def slug(self) -> str:
        """The application's handle: names of inputs end with it."""
        return self.source.application.slug

    @property
    def name(self) -> str:
        """The application's name."""
        return self.source.application.name

    @property
    def roles(self) -> list[ApplicationRole]:
        """What an agent may be inside the application."""
        return self.source.roles

    @property
    def obstacle(self) -> Obstacle | None:
        """Why the right cannot be given today, if it cannot."""
        return self.source.obstacle

    @property
    def closed(self) -> bool:
        """Nothing to switch: the right is not held and cannot be given."""
        return self.source.obstacle is not None and self.source.entitlement is None

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """Tone, words and icon of what is to be noticed: an end that comes, a date of opening, an obstacle."""
        if self.source.opens_on:
            return [("warn", f"Ouverture le {day_in_words(self.source.opens_on)}", "calendar-event")]
        if self.obstacle and self.obstacle.code in TONES:
            words, icon = TONES[self.obstacle.code]
            return [("warn", words, icon)]
        days = self.source.expires_in_days
        return [("warn", _expiry(days), "clock")] if days is not None else []

    @property
    def switch_id(self) -> str:
        """Name and id of the switch."""
        return f"droit-{self.slug}"

    @property
    def role_id(self) -> str:
        """Name and id of the choice of one role."""
        return f"role-{self.slug}"

    @property
    def roles_id(self) -> str:
        """Name of the boxes of several roles."""
        return f"roles-{self.slug}"

    @property
    def end_id(self) -> str:
        """Name and id of the end date."""
        return f"fin-{self.slug}"

    def errors(self) -> list[tuple[str, str]]:
        """What is wrong, with the input to go to."""
        pairs = ((self.switch_id, self.error), (self.role_id, self.role_error), (self.end_id, self.end_error))
        return [(target, sentence) for target, sentence in pairs if sentence]


@dataclass(slots=True)
class RightsForm:
    """The whole sheet. `wishes` is what the référent wants, complete once `read` has answered True."""

    lines: list[Line]
    version: str
    wishes: list[Wish] = field(default_factory=list)
    general: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, sheet: list[RightLine]) -> "RightsForm":
        """Return the form as the rights are now."""
        return cls([_as_it_is(line) for line in sheet], sheet_version(sheet))

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Every error, with the id of its input (or nothing)."""
        return [("", sentence) for sentence in self.general] + [pair for line in self.lines for pair in line.errors()]

    def read(self, data: QueryDict) -> bool:
        """Take what was posted; return whether it can be asked of the domain. Inputs are kept in any case."""
        self._refuse_altered(data)
        for line in self.lines:
            if not line.closed:
                self._read_line(line, data)
            elif line.obstacle and line.switch_id in data:  # it could be given when the page was shown
                self.general.append(french(f"{line.name} : {line.obstacle.sentence}"))
        return not self.errors

    def changes_nothing(self) -> bool:
        """Say whether the wishes are exactly the rights held now: a form sent twice has nothing left to do."""
        held = {
            (right.application_id, frozenset(right.roles), right.ends_on)
            for line in self.lines
            if (right := line.source.entitlement)
        }
        return held == {(wish.application_id, frozenset(wish.roles), wish.ends_on) for wish in self.wishes}

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the domain answered, on the line at fault when it names one."""
        line = self._line_of(refusal)
        if line is None:
            self.general.append(refusal.sentence)
        elif refusal.field == "roles":
            line.role_error = refusal.sentence
        elif refusal.field == "ends_on":
            line.end_error = refusal.sentence
        else:
            line.error = refusal.sentence

    def _line_of(self, refusal: Refusal) -> Line | None:
        application = refusal.application if isinstance(refusal, RightRefused) else None
        return next((line for line in self.lines if line.source.application == application), None)

    def _refuse_altered(self, data: QueryDict) -> None:
        # A slug not offered here, a switch of a third kind, or the same input twice: no honest page sends that.
        single = {name for line in self.lines for name in (line.switch_id, line.role_id, line.end_id)}
        known = single | {line.roles_id for line in self.lines}
        switches = {data.get(line.switch_id, "on") for line in self.lines}
        if switches - {"on"} or any(name not in known for name in data if name.startswith(PREFIXES)):
            self.general.append(ALTERED)
        if any(len(data.getlist(name)) > 1 for name in single):
            self.general.append(TWICE)

    def _read_line(self, line: Line, data: QueryDict) -> None:
        line.on = data.get(line.switch_id) == "on"
        line.several = data.get(line.role_id) == SEVERAL
        posted = data.getlist(line.roles_id) if line.several else [data.get(line.role_id, "")]
        line.ends_on = data.get(line.end_id, "").strip()
        keys = [role.key for role in line.roles]
        line.chosen = tuple(key for key in keys if key in posted)
        if not line.on:
            return
        if len(keys) == 1 and posted == [""]:
            line.chosen = (keys[0],)
        if any(key not in keys for key in posted if key):
            line.role_error = ALTERED
        elif keys and not line.chosen:
            line.role_error = french(f"Choisissez le droit sur {line.name}.")
        ends_on = _read_end(line)
        if not (line.role_error or line.end_error):
            self.wishes.append(Wish(line.source.application.pk, line.chosen, ends_on))


def _as_it_is(source: RightLine) -> Line:
    right = source.entitlement
    chosen = tuple(right.roles) if right else tuple(role.key for role in source.roles[:1])
    ends_on = right.ends_on.isoformat() if right and right.ends_on else ""
    return Line(source, on=right is not None, chosen=chosen, several=len(chosen) > 1, ends_on=ends_on)


def _read_end(line: Line) -> dt.date | None:
    if not line.ends_on:
        return None
    held = line.source.entitlement.ends_on if line.source.entitlement else None
    try:
        day = dt.date.fromisoformat(line.ends_on)
    except ValueError:
        line.end_error = french(f"Saisissez une date de fin complète pour {line.name}, par exemple 31/12/2027.")
        return None
    today = clock.today()
    if day < today and day != held:
        line.end_error = french(f"La date de fin pour {line.name} est déjà passée : {day_in_words(day)}.")
    elif day > LATEST:
        line.end_error = french(f"La date de fin pour {line.name} est trop lointaine. Laissez vide s'il n'y en a pas.")
    return day


def _expiry(days: int) -> str:
    return {0: "Expire ce soir", 1: "Expire demain"}.get(days) or french(f"Expire dans {days} jours")
