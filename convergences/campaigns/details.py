"""What a correspondant says of a campaign, and its cleaning."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from convergences.campaigns.errors import WrongDetails
from convergences.catalog.models import Application
from convergences.directory.models import Affiliation, OrganizationKind

MOST_REMINDERS = 6
LONGEST_TEXT = 4000
LONGEST = dt.timedelta(days=731)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which employers: of these departments, kinds and affiliations (none: all), still silent in another campaign.

    `to_confirm_of`: a reconfirmation, for those whose référents it still waits for.
    `employer`: one alone, by its handle, asked outside of the campaigns that ask many.
    """

    departments: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()
    unanswered_of: str = ""
    to_confirm_of: str = ""
    employer: str = ""

    @classmethod
    def kept(cls, stored: dict[str, Any]) -> "Filters":
        """Return the filters that a campaign keeps as JSON."""
        lists: dict[str, Any] = {name: tuple(stored.get(name, ())) for name in ("departments", "kinds", "affiliations")}
        said: dict[str, Any] = {
            name: str(stored.get(name, "")) for name in ("unanswered_of", "to_confirm_of", "employer")
        }
        return cls(**lists, **said)

    def cleaned(self) -> "Filters":
        """Return the same filters; raises `WrongDetails` for a kind or an affiliation that does not exist."""
        if not set(self.kinds) <= set(OrganizationKind.values):
            raise WrongDetails("Choisissez la nature des employeurs dans la liste.", field="kinds")
        if not set(self.affiliations) <= set(Affiliation.values):
            raise WrongDetails("Choisissez le lien avec le centre dans la liste.", field="affiliations")
        return self


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """A campaign as it is prepared: `deadline` is its last day, `reminders` the days when reminders leave."""

    name: str
    deadline: dt.date
    mail_subject: str
    mail_text: str
    letter_text: str
    filters: Filters = Filters()
    applications: tuple[Application, ...] = ()
    reminders: tuple[dt.date, ...] = ()

    def cleaned(self, today: dt.date) -> "CampaignDetails":
        """Return the details as they are kept; raises `WrongDetails`, which names the field and says what to do."""
        check_deadline(self.deadline, today)
        days = tuple(sorted(set(self.reminders)))
        if len(days) > MOST_REMINDERS:
            raise WrongDetails(f"Prévoyez {MOST_REMINDERS} relances au plus.", field="reminders")
        if any(not today < day <= self.deadline for day in days):
            raise WrongDetails("Les relances partent après aujourd'hui et avant la date limite.", field="reminders")
        return replace(
            self,
            name=_line(self.name, 120, "name", "Donnez un nom à la campagne."),
            mail_subject=_line(self.mail_subject, 160, "mail_subject", "Saisissez l'objet de l'e-mail."),
            mail_text=_text(self.mail_text, "mail_text", "Saisissez le texte de l'e-mail."),
            letter_text=_text(self.letter_text, "letter_text", "Saisissez le texte du courrier."),
            filters=self.filters.cleaned(),
            reminders=days,
        )


def check_deadline(deadline: dt.date, today: dt.date) -> None:
    """Raise `WrongDetails` for a last day that is past, or so far that a finger slipped: links live until then."""
    if deadline <= today:
        raise WrongDetails("Choisissez une date limite à venir.", field="deadline")
    if deadline > today + LONGEST:
        raise WrongDetails("Choisissez une date limite dans les deux ans.", field="deadline")


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text typed with blank lines between them."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip())


def _line(typed: str, longest: int, field: str, missing: str) -> str:
    clean = " ".join(_CONTROLS.sub(" ", typed).split())
    if not clean:
        raise WrongDetails(missing, field=field)
    if len(clean) > longest:
        raise WrongDetails(f"Ce texte compte {longest} caractères au plus.", field=field)
    return clean


def _text(typed: str, field: str, missing: str) -> str:
    clean = _CONTROLS.sub("", typed.replace("\r\n", "\n")).strip()
    if not clean:
        raise WrongDetails(missing, field=field)
    if len(clean) > LONGEST_TEXT:
        raise WrongDetails(f"Ce texte compte {LONGEST_TEXT} caractères au plus.", field=field)
    return clean
