"""The form of a campaign in preparation, and that of its calendar once it is launched."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from convergences.campaigns import mandates, progress
from convergences.campaigns.details import LONGEST_TEXT, MOST_REMINDERS, CampaignDetails, Filters
from convergences.campaigns.models import Campaign
from convergences.catalog import queries as catalog
from convergences.directory import employers
from convergences.directory.models import Affiliation, OrganizationKind
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.web.forms.house import DateInput, HouseForm

FORMER = ("unanswered_of", "to_confirm_of")  # what employers were asked before, one choice among those known
CENTRE = {OrganizationKind.CENTER.value, Affiliation.CENTER.value}


def _boxes(label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple)


def _text(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 8}))


class CalendarForm(HouseForm):
    """When a campaign ends, and the days of its reminders."""

    missing: ClassVar = {"deadline": "Choisissez la date limite de réponse."}

    deadline = forms.DateField(label="Date limite de réponse", widget=DateInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for number in range(1, MOST_REMINDERS + 1):
            field = forms.DateField(label=f"Relance {number}", required=False, widget=DateInput())
            field.error_messages["invalid"] = self.fields["deadline"].error_messages["invalid"]
            self.fields[f"reminder_{number}"] = field

    @property
    def reminder_fields(self) -> list[forms.BoundField]:
        """The days of reminders, to be drawn."""
        return [self[f"reminder_{number}"] for number in range(1, MOST_REMINDERS + 1)]

    def reminders(self) -> tuple[dt.date, ...]:
        """Return the days that a valid form gives."""
        return tuple(day for name, day in self.cleaned_data.items() if name.startswith("reminder_") and day)

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what a room refused; what it says of the reminders stands at the first."""
        if refusal.field == "reminders":
            self.add_error("reminder_1", french(refusal.sentence))
        else:
            super().add_refusal(refusal)


class CampaignForm(CalendarForm):
    """A campaign in preparation; `suggested` says what a new one begins with."""

    missing: ClassVar = {
        "name": "Donnez un nom à la campagne.",
        "deadline": "Choisissez la date limite de réponse.",
        "mail_subject": "Saisissez l'objet de l'e-mail.",
        "mail_text": "Saisissez le texte de l'e-mail.",
        "letter_text": "Saisissez le texte du courrier.",
    }

    name = forms.CharField(label="Nom de la campagne", max_length=120)
    departments = _boxes("Départements")
    kinds = _boxes("Nature")
    affiliations = _boxes("Lien avec le centre")
    unanswered_of = forms.ChoiceField(label="Parmi ceux qui n'ont pas répondu à", required=False)
    to_confirm_of = forms.ChoiceField(label="Parmi ceux qui ont des référents à reconfirmer pour", required=False)
    applications = _boxes("Applications")
    mail_subject = forms.CharField(label="Objet de l'e-mail", max_length=160)
    mail_text = _text("Texte de l'e-mail")
    letter_text = _text("Texte du courrier")

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.known = {each.slug: each for each in catalog.applications()}
        for name, choices in (*_filter_choices().items(), ("applications", self._application_choices())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def _application_choices(self) -> list[tuple[str, str]]:
        return [(slug, each.name) for slug, each in self.known.items()]

    def filters(self) -> Filters:
        """Return which employers a valid form asks."""
        said = self.cleaned_data
        lists: dict[str, Any] = {name: tuple(said[name]) for name in ("departments", "kinds", "affiliations")}
        return Filters(**lists, **{name: said[name] for name in FORMER})

    def details(self) -> CampaignDetails:
        """Return the details that a valid form makes."""
        said = self.cleaned_data
        return CampaignDetails(
            name=said["name"],
            deadline=said["deadline"],
            mail_subject=said["mail_subject"],
            mail_text=said["mail_text"],
            letter_text=said["letter_text"],
            filters=self.filters(),
            applications=tuple(self.known[slug] for slug in said["applications"]),
            reminders=self.reminders(),
        )


def _filter_choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "departments": employers.department_choices(),
        "kinds": [(value, str(label)) for value, label in OrganizationKind.choices if value not in CENTRE],
        "affiliations": [(value, str(label)) for value, label in Affiliation.choices if value not in CENTRE],
        "unanswered_of": [("", "Aucune campagne en particulier"), *progress.launched_names()],
        "to_confirm_of": [("", "Aucune reconfirmation en particulier"), *mandates.reconfirmation_names()],
    }


def typed_filters(query: QueryDict) -> Filters:
    """Return the filters of a form that is being filled in, without what its choices do not hold."""
    known = {name: {value for value, _ in choices} for name, choices in _filter_choices().items()}
    lists: dict[str, Any] = {
        name: tuple(value for value in query.getlist(name) if value in known[name])
        for name in ("departments", "kinds", "affiliations")
    }
    lists |= {name: query[name] for name in FORMER if query.get(name) in known[name]}
    return Filters(**lists)


def typed(query: QueryDict) -> dict[str, Any]:
    """Return what was typed so far, to be shown again without a word on what is missing."""
    several = ("departments", "kinds", "affiliations", "applications")
    return {name: query.getlist(name) if name in several else query.get(name, "") for name in query}


def calendar_of(campaign: Campaign) -> dict[str, Any]:
    """Return the calendar of a campaign as its form shows it: the reminders that have not left yet."""
    today = clock.today().isoformat()
    ahead = campaign.reminders if campaign.launched_at is None else [day for day in campaign.reminders if day > today]
    days = {f"reminder_{number}": dt.date.fromisoformat(day) for number, day in enumerate(ahead, start=1)}
    return {"deadline": campaign.deadline, **days}


def initial_of(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign as its form shows it."""
    kept = Filters.kept(campaign.filters)
    plain = ("name", "mail_subject", "mail_text", "letter_text")
    return {
        **{name: getattr(campaign, name) for name in plain},
        **calendar_of(campaign),
        **{name: list(getattr(kept, name)) for name in ("departments", "kinds", "affiliations")},
        **{name: getattr(kept, name) for name in FORMER},
        "applications": list(campaign.applications.order_by("slug").values_list("slug", flat=True)),
    }
