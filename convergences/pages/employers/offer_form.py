"""The form of what an employer is offered of one application: a contract, its dates and seats, its own opening date."""

from typing import Any

from django import forms

from convergences.catalog.errors import DatesInDisorder
from convergences.catalog.offers import Contract
from convergences.catalog.services.subscriptions import MAX_SEATS
from convergences.foundations.text import french
from convergences.web.forms.house import DateInput, HouseForm

WRONG_SEATS = "Saisissez un nombre entier de places, ou laissez vide s'il n'est pas limité."
NO_START = "Saisissez le premier jour de l'abonnement."


class OfferForm(HouseForm):
    """A contract, or none; an opening date, or the application's."""

    contract_on = forms.BooleanField(label="Cet employeur a un abonnement", required=False)
    starts_on = forms.DateField(label="Premier jour", required=False, widget=DateInput)
    ends_on = forms.DateField(label="Dernier jour", required=False, widget=DateInput)
    seats = forms.IntegerField(label="Places", required=False, min_value=0, max_value=MAX_SEATS)
    opens_on = forms.DateField(label="Ouverture", required=False, widget=DateInput)

    def __init__(self, data: Any = None, *, kept: dict[str, object]) -> None:
        super().__init__(data, initial={**kept, "contract_on": kept["contract"]})
        for code in ("invalid", "min_value", "max_value"):
            self.fields["seats"].error_messages[code] = french(WRONG_SEATS)

    def clean(self) -> dict[str, Any]:
        """Ask for the first day of a contract, before its last."""
        said = super().clean() or self.cleaned_data
        if said.get("contract_on") and not said.get("starts_on") and "starts_on" not in self.errors:
            self.add_error("starts_on", french(NO_START))
        first, last = said.get("starts_on"), said.get("ends_on")
        if said.get("contract_on") and first and last and last < first:
            self.add_refusal(DatesInDisorder())
        return said

    def contract(self) -> Contract | None:
        """Return the contract that a valid form makes; None when there is none."""
        said = self.cleaned_data
        if not said["contract_on"]:
            return None
        return Contract(said["starts_on"], said["ends_on"], said["seats"])
