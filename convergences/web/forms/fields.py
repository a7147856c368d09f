"""Fields that forms of several rooms have."""

import re
from collections.abc import Callable
from typing import Any

from django import forms

from convergences.foundations.text import french

DIGITS = 6
_SPACES = re.compile(r"[\s\u00a0.\-]+")


class SixDigits(forms.CharField):
    """A code of six digits, with the spaces that people and messages put between them. `where` it is copied from."""

    def __init__(self, *, where: str, **options: Any) -> None:
        attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)
        self.where = where

    def clean(self, value: Any) -> str:
        """Return the digits alone; raises a sentence that says what is missing or too many."""
        code = _SPACES.sub("", super().clean(value))
        if not code and not self.required:
            return ""
        if not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(french(f"Le code ne compte que des chiffres : recopiez ceux {self.where}."))
        if len(code) != DIGITS:
            raise forms.ValidationError(french(f"{_lacking(DIGITS - len(code))} : le code en compte {DIGITS}."))
        return code


def _lacking(number: int) -> str:
    if number == 1:
        return "Il manque un chiffre"
    return f"Il manque {number} chiffres" if number > 0 else "Il y a trop de chiffres"


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
