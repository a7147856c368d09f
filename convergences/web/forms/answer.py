"""The form of an answer: what an autorité territoriale types, or a correspondant from its paper.

Nothing is required before it is judged as a whole: what was typed is kept as it is.
"""

from dataclasses import asdict, fields
from typing import Any

from django import forms

from convergences.campaigns.answers import MOST_PEOPLE, SIGNATORY_NAME_LENGTH, SIGNATORY_TITLE_LENGTH, Answer, Person
from convergences.directory.models import Civility
from convergences.web.forms.house import HouseForm

ORDINALS = ("Premier", "Deuxième", "Troisième", "Quatrième", "Cinquième")
SHOWN_AT_FIRST = 2
_LABELS = {
    "civility": "Civilité",
    "given_name": "Prénom",
    "family_name": "Nom",
    "job_title": "Fonction",
    "department": "Service",
    "email": "Adresse e-mail professionnelle",
    "phone": "Téléphone professionnel",
}
ADDS, REPLACES = "ajout", "remplacement"
_LONGEST_TYPED = 1000


def shown(asked: str, answer: Answer) -> int:
    """Return how many people the form shows: as many as were asked for, or typed, and two at least."""
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 1 else 0
    return min(MOST_PEOPLE, max(SHOWN_AT_FIRST, wanted, len(answer.people)))


def posted(count: str) -> int:
    """Return how many people a form was sent with, whatever its hidden field says."""
    return min(MOST_PEOPLE, max(1, int(count))) if count.isascii() and count.isdigit() and len(count) == 1 else 1


class AnswerForm(HouseForm):
    """One to five people, and who signs. Faults are the domain's (`Answer.faults`), each at its field."""

    signatory_name = forms.CharField(label="Prénom et nom", required=False, max_length=_LONGEST_TYPED)
    signatory_title = forms.CharField(
        label="Qualité", required=False, max_length=_LONGEST_TYPED, help_text="Par exemple : Maire, Présidente."
    )
    replaces = forms.ChoiceField(
        label="Si votre collectivité a déjà des référents",
        required=False,
        widget=forms.RadioSelect,
        choices=(
            (ADDS, "Ces personnes s’ajoutent aux référents actuels"),
            (REPLACES, "Ces personnes remplacent les référents actuels"),
        ),
    )

    def __init__(self, *args: Any, people: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for number in range(1, people + 1):
            for name, label in _LABELS.items():
                self.fields[f"{name}_{number}"] = _person_field(name, label)
        self.fields["signatory_name"].widget.attrs["maxlength"] = SIGNATORY_NAME_LENGTH
        self.fields["signatory_title"].widget.attrs["maxlength"] = SIGNATORY_TITLE_LENGTH

    def blocks(self) -> list[dict[str, Any]]:
        """Return the fields person by person, for the page."""
        return [
            {"number": n, "title": f"{ORDINALS[n - 1]} référent", **{name: self[f"{name}_{n}"] for name in _LABELS}}
            for n in range(1, self.people + 1)
        ]

    def answer(self) -> Answer:
        """Return what was typed, right or wrong."""
        given = {name: self.data.get(name, "") for name in self.fields}
        people = tuple(
            Person(**{field.name: given[f"{field.name}_{n}"] for field in fields(Person)})
            for n in range(1, self.people + 1)
        )
        return Answer(people, given["signatory_name"], given["signatory_title"], given["replaces"] == REPLACES)

    def add_faults(self, answer: Answer) -> None:
        """Show all that the domain finds wrong."""
        for fault in answer.faults():
            self.add_refusal(fault)


def initial(answer: Answer) -> dict[str, str]:
    """Return the values that a form shows of an answer."""
    typed = {
        f"{name}_{number}": value
        for number, person in enumerate(answer.people, 1)
        for name, value in asdict(person).items()
    }
    signed = {"signatory_name": answer.signatory_name, "signatory_title": answer.signatory_title}
    return {**typed, **signed, "replaces": REPLACES if answer.replaces else ADDS}


def _person_field(name: str, label: str) -> forms.Field:
    if name == "civility":
        choices = (("", "Non précisée"), *Civility.choices)
        return forms.ChoiceField(label=label, required=False, choices=choices)
    kinds = {"email": "email", "phone": "tel"}
    # Not EmailInput: browsers would refuse, in words of their own, a draft whose address is not finished.
    widget = forms.TextInput(attrs={"inputmode": kinds[name]} if name in kinds else {})
    return forms.CharField(label=label, required=False, max_length=_LONGEST_TYPED, widget=widget)
