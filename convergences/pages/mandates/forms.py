"""The form of the end of a mandate, and that by which référents are asked to be confirmed."""

from typing import Any, ClassVar

from django import forms

from convergences.campaigns.details import Filters
from convergences.directory import employers
from convergences.directory.models import Affiliation
from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.web.forms.house import DateInput, HouseForm
from convergences.web.forms.narrowing import KINDS

NOW, LATER = "now", "later"


class EndForm(HouseForm):
    """When a mandate ends, and why."""

    missing: ClassVar = {"when": "Choisissez quand le mandat prend fin."}

    when = forms.ChoiceField(
        label="Quand le mandat prend-il fin ?",
        choices=[(NOW, "Tout de suite"), (LATER, "À la fin d’une journée")],
        widget=forms.RadioSelect,
    )
    last = forms.DateField(label="Dernier jour", required=False, widget=DateInput)
    reason = forms.CharField(label="Motif", max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the day where there must be one; a day that is past is said here, before the preview."""
        said = super().clean() or {}
        if said.get("when") == LATER and "last" not in self.errors:
            if said.get("last") is None:
                self.add_error("last", french("Choisissez le dernier jour du mandat."))
            elif said["last"] < clock.today():
                self.add_error("last", french("Cette date est passée : choisissez aujourd'hui ou un jour à venir."))
        return said

    @property
    def is_now(self) -> bool:
        """Whether a valid form asks for an end at once."""
        return bool(self.cleaned_data["when"] == NOW)


class FindForm(HouseForm):
    """The address of an agent of an employer."""

    missing: ClassVar = {"email": "Saisissez l'adresse e-mail de l'agent."}

    email = forms.EmailField(label="Adresse e-mail de l'agent", max_length=254)


class ReconfirmForm(HouseForm):
    """Whose référents are to be confirmed, by when, and why."""

    missing: ClassVar = {
        "reason": "Dites pourquoi, par exemple : élections municipales de mars 2026.",
        "deadline": "Choisissez la date avant laquelle confirmer.",
    }

    reason = forms.CharField(label="Motif", max_length=120)
    deadline = forms.DateField(label="À confirmer avant le", widget=DateInput)
    kinds = forms.MultipleChoiceField(label="Nature", required=False, widget=forms.CheckboxSelectMultiple)
    departments = forms.MultipleChoiceField(label="Départements", required=False, widget=forms.CheckboxSelectMultiple)
    affiliations = forms.MultipleChoiceField(
        label="Lien avec le centre", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        choices = {
            "kinds": KINDS,
            "departments": employers.department_choices(),
            "affiliations": [(value, str(said)) for value, said in Affiliation.choices if value != Affiliation.CENTER],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = offered

    def filters(self) -> Filters:
        """Return which employers a valid form asks."""
        said = self.cleaned_data
        return Filters(
            departments=tuple(said["departments"]), kinds=tuple(said["kinds"]), affiliations=tuple(said["affiliations"])
        )
