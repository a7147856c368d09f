"""Forms that refuse what no honest page sends."""

from typing import Any

from django import forms
from django.http import QueryDict

from convergences.foundations.text import french
from convergences.web.forms.house import HouseForm

TWICE = french("Une information a été envoyée deux fois. Rechargez la page, puis recommencez.")


class StrictForm(HouseForm):
    """A form in which an input sent twice is refused: two readers of the same form must never disagree."""

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; adds an error when an input that holds one value was given several."""
        cleaned = super().clean() or self.cleaned_data
        data = self.data
        single = (name for name, field in self.fields.items() if not isinstance(field, forms.MultipleChoiceField))
        if isinstance(data, QueryDict) and any(len(data.getlist(self.add_prefix(name))) > 1 for name in single):
            self.add_error(None, TWICE)
        return cleaned
