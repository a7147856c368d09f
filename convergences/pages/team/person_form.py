"""The form of an agent's sheet: what is typed, kept as typed; the directory says what is wrong with it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from convergences.directory import details
from convergences.directory.details import AgentDetails
from convergences.directory.errors import EmailOutsideDomains, InvalidField
from convergences.directory.models import Civility, Membership
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.team.strict import StrictForm
from convergences.web.forms.house import DateInput


class PersonForm(StrictForm):
    """Who the agent is, and where they work. `outside_domains` asks to confirm an unusual address."""

    missing: ClassVar[dict[str, str]] = {
        "civility": "Choisissez la civilité : Madame ou Monsieur.",
        "given_name": "Saisissez le prénom de l'agent.",
        "family_name": "Saisissez le nom de l'agent.",
        "email": "Saisissez l'adresse e-mail professionnelle de l'agent.",
        "department": "Saisissez le service de l'agent.",
        "starts_on": "Saisissez le premier jour de l'agent dans la collectivité.",
    }
    outside_domains = False

    civility = forms.ChoiceField(label="Civilité", choices=Civility.choices, widget=forms.RadioSelect)
    given_name = forms.CharField(label="Prénom", max_length=200)
    family_name = forms.CharField(label="Nom", max_length=200)
    email = forms.CharField(label="Adresse e-mail professionnelle", max_length=400)
    department = forms.CharField(label="Service", max_length=200)
    job_title = forms.CharField(label="Fonction", max_length=200, required=False)
    phone = forms.CharField(label="Téléphone", max_length=60, required=False)
    outside_domains_confirmed = forms.BooleanField(
        label="Je confirme que c’est bien l’adresse professionnelle de cet agent", required=False
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        # Once asked, the confirmation stays on the page while other errors are mended.
        self.outside_domains = bool(data and data.get("outside_domains_confirmed"))

    def clean_email(self) -> str:
        """Return the address as typed; what is wrong with it is said with the other errors, not after them."""
        return _as_typed(self.cleaned_data["email"], details.clean_email)

    def clean_phone(self) -> str:
        """Return the number as typed; see `clean_email`."""
        return _as_typed(self.cleaned_data["phone"], details.clean_phone)

    def details(self) -> AgentDetails:
        """Return what was typed, for the directory to clean."""
        typed = self.cleaned_data
        return AgentDetails(
            given_name=typed["given_name"],
            family_name=typed["family_name"],
            email=typed["email"],
            civility=typed["civility"],
            phone=typed["phone"],
            job_title=typed["job_title"],
            department=typed["department"],
            starts_on=typed.get("starts_on"),
            ends_on=typed.get("ends_on"),
        )

    @property
    def confirmed(self) -> bool:
        """Whether the référent has confirmed an address outside the employer's domains."""
        return bool(self.cleaned_data.get("outside_domains_confirmed"))

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what the directory refused; an unusual address may be confirmed."""
        self.outside_domains = self.outside_domains or isinstance(refusal, EmailOutsideDomains)
        super().add_refusal(refusal)


def _as_typed(typed: str, clean: Callable[[str], str]) -> str:
    try:
        clean(typed)
    except InvalidField as refusal:
        raise forms.ValidationError(refusal.sentence) from None
    return typed


class SheetForm(PersonForm):
    """The same, with the days between which the agent works there."""

    starts_on = forms.DateField(label="Date d’arrivée", widget=DateInput)
    ends_on = forms.DateField(label="Date de départ", widget=DateInput, required=False)

    @classmethod
    def of(cls, member: Membership, data: QueryDict | None = None) -> "SheetForm":
        """Return the form filled with what the employer sees of the member."""
        names = ("civility", "given_name", "family_name", "email", "department", "job_title", "phone")
        initial = {name: getattr(member, name) for name in (*names, "starts_on", "ends_on")}
        return cls(data, initial=initial)


class SuspendForm(StrictForm):
    """Why an account is suspended, and whether its agent is told."""

    missing: ClassVar[dict[str, str]] = {"reason": "Choisissez le motif de la suspension."}
    REASONS = ("Congé long ou disponibilité", "Départ prévu", "Compte peut-être piraté", "Autre")

    reason = forms.ChoiceField(label="Motif", choices=[("", "Choisir…"), *((words, words) for words in REASONS)])
    notify = forms.BooleanField(label="Prévenir l’agent par e-mail", required=False, initial=True)


class DeleteForm(StrictForm):
    """The agent's family name, typed: nobody deletes the wrong account in one click."""

    missing: ClassVar[dict[str, str]] = {"family_name": "Saisissez le nom de famille de l'agent pour confirmer."}

    family_name = forms.CharField(label="Pour confirmer, saisissez le nom de famille de l’agent", max_length=200)

    def refuse_name(self, expected: str) -> None:
        """Say that the name typed is not the agent's."""
        self.add_error("family_name", french(f"Ce n'est pas le nom de cet agent. Saisissez : {expected}"))
