"""The forms by which a correspondant says when they can be reached, and to whom employers go."""

from typing import Any, ClassVar

from django import forms

from convergences.directory import staff
from convergences.directory.models import Agent
from convergences.directory.portfolios import Portfolio
from convergences.foundations.text import french
from convergences.web.forms.house import DateInput, HouseForm

NOBODY = "personne"


class HoursForm(HouseForm):
    """When one can be reached."""

    hours = forms.CharField(label="Horaires", max_length=120, required=False)


class AbsenceForm(HouseForm):
    """From when to when one is away, and who replaces."""

    missing: ClassVar = {"first": "Choisissez le premier jour.", "last": "Choisissez le dernier jour."}

    first = forms.DateField(label="Premier jour", widget=DateInput)
    last = forms.DateField(label="Dernier jour", widget=DateInput)
    replaced_by = forms.ChoiceField(label="Remplacement", required=False)

    def __init__(self, data: Any = None, *, own: Agent, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.people = {str(agent.pk): agent for agent in staff.correspondents() if agent.pk != own.pk}
        _offer(self, "replaced_by", [("", "Personne"), *_named(self.people)])

    def chosen(self) -> Agent | None:
        """Return who replaces, in a valid form."""
        return self.people.get(self.cleaned_data["replaced_by"])


class HandingOverForm(HouseForm):
    """Whose employers, and to whom."""

    missing: ClassVar = {"whose": "Choisissez les employeurs à confier.", "to": "Choisissez à qui les confier."}

    whose = forms.ChoiceField(label="Les employeurs de")
    to = forms.ChoiceField(label="Confiés à")

    def __init__(self, data: Any = None, *, portfolios: list[Portfolio], own: Agent) -> None:
        super().__init__(data, initial={"whose": str(own.pk)})
        self.people = {str(agent.pk): agent for agent in staff.correspondents()}
        _offer(self, "whose", [(_key(each), _described(each)) for each in portfolios])
        _offer(self, "to", [("", "Choisissez"), *_named(self.people)])

    @property
    def whose_id(self) -> int | None:
        """Whose employers a valid form hands over; nobody's: None."""
        key = self.cleaned_data["whose"]
        return None if key == NOBODY else int(key)

    @property
    def chosen(self) -> Agent:
        """To whom a valid form hands them over."""
        return self.people[self.cleaned_data["to"]]


def _offer(form: HouseForm, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _named(people: dict[str, Agent]) -> list[tuple[str, str]]:
    return [(key, agent.full_name) for key, agent in people.items()]


def _key(portfolio: Portfolio) -> str:
    return str(portfolio.agent.pk) if portfolio.agent else NOBODY


def _described(portfolio: Portfolio) -> str:
    who = portfolio.agent.full_name if portfolio.agent else "Personne : sans correspondant"
    left = "" if portfolio.stands else ", qui n'est plus correspondant"
    return french(f"{who}{left} ({portfolio.number})")
