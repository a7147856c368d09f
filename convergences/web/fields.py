"""Fields that the guided forms of several protocols have."""

from collections.abc import Callable
from typing import Any

from django import forms

from convergences.foundations.text import french


class Lines(forms.CharField):
    """Addresses, one a line; each is checked, so that the one at fault can be named.

    `problem` returns why a line may not be taken, in French, or nothing when it may.
    """

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "off"})

    def __init__(self, *, problem: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self.problem = problem

    def prepare_value(self, value: Any) -> Any:
        """Return what is set as it is typed."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines typed; raises a sentence that quotes the one at fault."""
        found = [line for each in (super().clean(value) or "").splitlines() if (line := each.strip())]
        for line in found:
            if said := self.problem(line):
                raise forms.ValidationError(french(f"« {line[:120]} » : {said}."))
        return found
