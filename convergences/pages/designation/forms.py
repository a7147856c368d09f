"""What the autorité territoriale types around its answer (`web.forms.answer`): how it comes in, how it signs."""

from typing import Any

from django import forms

from convergences.foundations.text import french
from convergences.web.forms.fields import SixDigits
from convergences.web.forms.house import HouseForm

PROMISE = (
    "J’autorise {whom} à créer des comptes et à donner des droits au nom de la collectivité, et je m’engage à signaler "
    "sans délai {whose} départ au centre de gestion."
)


class LetterForm(HouseForm):
    """The reference and the code of a letter."""

    missing = {
        "reference": "Saisissez la référence qui figure en haut du courrier.",
        "letter_code": "Saisissez le code du courrier, à côté du carré.",
    }
    reference = forms.CharField(label="Référence du courrier", max_length=40)
    letter_code = forms.CharField(label="Code du courrier", max_length=60)


class SignatureForm(HouseForm):
    """The promise, and one of the two codes."""

    missing = {"promise": "Cochez cette case : sans cet engagement, la désignation ne peut pas être signée."}
    promise = forms.BooleanField()
    mail_code = SixDigits(label="Code reçu à l’adresse officielle", where="de l'e-mail", required=False)
    letter_code = forms.CharField(label="Code du courrier", required=False, max_length=60)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by_letter: bool, people: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_letter = by_letter
        whom, whose = ("cette personne", "son") if people == 1 else ("ces personnes", "leur")
        self.fields["promise"].label = PROMISE.format(whom=whom, whose=whose)

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two codes, unless one came in by the letter's."""
        typed: dict[str, Any] = super().clean() or {}
        if not (self.by_letter or typed.get("mail_code") or typed.get("letter_code") or "mail_code" in self.errors):
            self.add_error("mail_code", french("Saisissez un code : celui de l'e-mail, ou celui du courrier."))
        return typed
