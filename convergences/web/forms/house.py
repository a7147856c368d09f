"""Forms in the house's words: what is missing is asked for, what a room refuses is shown at its field."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french

INCOMPLETE_EMAIL = "Cette adresse n'est pas valide. Exemple : prenom.nom@ville.fr."
WRONG_DATE = "Cette date n'existe pas. Exemple : 14/03/2027."
WRONG_CHOICE = "Choisissez une réponse dans la liste."
MISSING = "Ce champ est à remplir."


class HouseForm(forms.Form):
    """A form whose messages are the house's. `missing` says what to ask for, by field: « Saisissez votre nom. »."""

    missing: ClassVar[Mapping[str, str]] = {}
    use_required_attribute = True
    error_css_class = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.error_messages["required"] = french(self.missing.get(name, MISSING))
            if isinstance(field, forms.EmailField):
                field.validators = []  # the domain says what an address is, and how to mend it
                field.error_messages["invalid"] = french(INCOMPLETE_EMAIL)
            elif isinstance(field, forms.DateField):
                field.error_messages["invalid"] = french(WRONG_DATE)
                field.widget.format = "%Y-%m-%d"
            elif isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = french(WRONG_CHOICE)

    def add_refusal(self, refusal: Refusal) -> None:
        """Show what a room refused: at the field that it names, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, french(refusal.sentence))


class DateInput(forms.DateInput):
    """A date as browsers ask for it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
