"""The forms of acts on a selection, and what each would do to each agent."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from convergences.catalog.models import Application
from convergences.directory.details import LATEST
from convergences.directory.models import Membership
from convergences.directory.services.memberships import BETWEEN_INVITATIONS
from convergences.entitlements.models import Entitlement
from convergences.entitlements.queries import RightLine
from convergences.entitlements.terms import Terms
from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.pages.team.members import Person
from convergences.pages.team.person_form import SuspendForm
from convergences.pages.team.strict import StrictForm
from convergences.web.forms.house import DateInput

NOT_READY = {
    "active": "S’est déjà connecté",
    "suspended": "Compte suspendu",
    "ended": "Rattachement terminé",
    "deleted": "Compte supprimé",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the act would do to one agent, before anything is done."""

    person: Person
    ready: bool
    word: str


class InviteForm(StrictForm):
    """Nothing to choose: an invitation is an invitation."""


class GrantForm(StrictForm):
    """Which right to give to all, and until when. One list holds applications and their roles: no second step."""

    missing: ClassVar[dict[str, str]] = {"right": "Choisissez l'accès à donner."}

    right = forms.ChoiceField(label="Accès à donner")
    ends_on = forms.DateField(label="Date de fin", widget=DateInput, required=False)

    def __init__(self, lines: list[RightLine], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.lines = {line.application.slug: line for line in lines}
        choice = self.fields["right"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", "Choisir…"), *((_heading(line), _options(line)) for line in lines)]

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; adds an error for a last day that is past, or too far."""
        cleaned = super().clean()
        ends_on: dt.date | None = cleaned.get("ends_on")
        today = clock.today()
        if ends_on and ends_on < today:
            self.add_error("ends_on", french("Cette date de fin est déjà passée."))
        elif ends_on and ends_on > LATEST:
            self.add_error("ends_on", french("Cette date est trop lointaine. Laissez vide s'il n'y en a pas."))
        return cleaned

    @property
    def application(self) -> Application:
        """The application chosen, in a valid form."""
        return self.lines[self.cleaned_data["right"].partition(":")[0]].application

    @property
    def terms(self) -> Terms:
        """What is given, in a valid form."""
        role = self.cleaned_data["right"].partition(":")[2]
        return Terms(roles=(role,) if role else (), ends_on=self.cleaned_data.get("ends_on"))

    @property
    def said(self) -> str:
        """« BIP (Consulter) », in a valid form."""
        slug, _, key = self.cleaned_data["right"].partition(":")
        line = self.lines[slug]
        names = [role.name for role in line.roles if role.key == key]
        return f"{line.application.name} ({names[0]})" if names else line.application.name

    @property
    def choice(self) -> str:
        """What was chosen, in one word: a preview is good for this choice only."""
        return f"{self.data.get('right', '')}|{self.data.get('ends_on', '')}"


def _heading(line: RightLine) -> str:
    return line.application.name


def _options(line: RightLine) -> list[tuple[str, str]]:
    slug = line.application.slug
    name = line.application.name  # said again in each line: once chosen, a list no longer shows its heading
    return [(f"{slug}:{role.key}", f"{name} – {role.name}") for role in line.roles] or [(f"{slug}:", name)]


def invite_outcome(person: Person) -> Outcome:
    """Say whether the agent would receive an invitation."""
    sent = person.member.invited_at
    if person.state != "invited":
        return Outcome(person, ready=False, word=NOT_READY.get(person.state, ""))
    if sent and clock.now() - sent < BETWEEN_INVITATIONS:
        return Outcome(person, ready=False, word=french("Invitation envoyée il y a moins de 10 minutes"))
    return Outcome(person, ready=True, word="Recevra une nouvelle invitation")


def suspend_outcome(person: Person) -> Outcome:
    """Say whether the account would be suspended."""
    if person.is_self:
        return Outcome(person, ready=False, word="C’est votre propre compte")
    if person.state in {"suspended", "deleted"}:
        return Outcome(person, ready=False, word="Déjà suspendu" if person.state == "suspended" else "Compte supprimé")
    return Outcome(person, ready=True, word="Sera suspendu")


def grant_outcomes(
    people: list[Person], held: dict[int, list[Entitlement]], application: Application, seats: int | None
) -> list[Outcome]:
    """Say who would receive the right: those who have none on this application, while there are seats."""
    found, left = [], seats
    for person in people:
        outcome = _grant_outcome(
            person, [right for right in held[person.member.pk] if right.application == application]
        )
        if outcome.ready and left == 0:
            outcome = Outcome(person, ready=False, word="Plus de place dans l’abonnement")
        if outcome.ready and left is not None:
            left -= 1
        found.append(outcome)
    return found


def _grant_outcome(person: Person, rights: list[Entitlement]) -> Outcome:
    if person.state in {"ended", "deleted"}:
        return Outcome(person, ready=False, word=NOT_READY[person.state])
    if rights:
        return Outcome(person, ready=False, word="A déjà un droit, gardé tel quel")
    suspended = person.state == "suspended"
    return Outcome(person, ready=True, word="Aura le droit une fois réactivé" if suspended else "Recevra le droit")


def members_ready(outcomes: list[Outcome]) -> list[Membership]:
    """Return the members on whom the act would be done."""
    return [outcome.person.member for outcome in outcomes if outcome.ready]


BulkForm = InviteForm | GrantForm | SuspendForm
