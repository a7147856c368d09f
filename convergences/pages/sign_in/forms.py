"""What one types to come in. A refusal names the field and the remedy."""

import re
from typing import Any

from django import forms

from convergences.foundations.text import french
from convergences.web.forms import HouseForm

DIGITS = 6
_SPACES = re.compile(r"[\s\u00a0.\-]+")


class PasswordField(forms.CharField):
    """A password, exactly as typed: neither trimmed nor cut, and never sent back to the page."""

    def __init__(self, label: str, *, autocomplete: str) -> None:
        super().__init__(label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}))
        self.validators = []  # any character is a character, and the domain bounds the length


class IdentifierField(forms.CharField):
    """A login identifier: an e-mail address, of which only what nobody could mean is refused here."""

    def __init__(self, label: str, *, autocomplete: str) -> None:
        attrs = {"autocomplete": autocomplete, "inputmode": "email", "spellcheck": "false", "autocapitalize": "none"}
        super().__init__(label=label, widget=forms.EmailInput(attrs=attrs))
        self.validators = []


class LoginForm(HouseForm):
    """Identifier and password."""

    missing = {"identifier": "Saisissez votre identifiant.", "password": "Saisissez votre mot de passe."}
    identifier = IdentifierField("Identifiant", autocomplete="username")
    password = PasswordField("Mot de passe", autocomplete="current-password")


class EmailForm(HouseForm):
    """The address to which a code or a link is to be sent."""

    missing = {"email": "Saisissez votre adresse e-mail professionnelle."}
    email = IdentifierField("Votre adresse e-mail professionnelle", autocomplete="username")

    def clean_email(self) -> str:
        """Refuse what is visibly no address: the answer to any other is the same, known or not."""
        email: str = self.cleaned_data["email"].strip()
        local, at, domain = email.rpartition("@")
        if not at or not local:
            raise forms.ValidationError(french("Cette adresse n'est pas valide. Exemple : prenom.nom@ville.fr."))
        if "." not in domain.strip("."):
            raise forms.ValidationError(french("Cette adresse est incomplète : il manque la fin, par exemple .fr."))
        return email


class CodeForm(HouseForm):
    """The six digits of the mail, with the spaces that people and messages put between them."""

    missing = {"code": "Saisissez les 6 chiffres du dernier e-mail reçu."}
    code = forms.CharField(
        label="Code à 6 chiffres",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        """Return the digits alone; say what is missing or too many."""
        code = _SPACES.sub("", self.cleaned_data["code"])
        if not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(french("Le code ne compte que des chiffres : recopiez ceux de l'e-mail."))
        lacking = DIGITS - len(code)
        if lacking:
            raise forms.ValidationError(french(f"{_lacking(lacking)} : le code en compte {DIGITS}."))
        return code


class NewPasswordForm(HouseForm):
    """A new password, typed twice: the rule is the domain's."""

    missing = {
        "new": "Saisissez votre nouveau mot de passe.",
        "confirmation": "Saisissez une seconde fois votre nouveau mot de passe.",
    }
    new = PasswordField("Nouveau mot de passe", autocomplete="new-password")
    confirmation = PasswordField("Saisissez-le une seconde fois", autocomplete="new-password")

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords."""
        typed: dict[str, Any] = super().clean() or {}
        new, again = typed.get("new"), typed.get("confirmation")
        if new and again and new != again:
            said = "Les deux saisies sont différentes : saisissez deux fois le même mot de passe."
            self.add_error("confirmation", french(said))
        return typed


def _lacking(number: int) -> str:
    if number == 1:
        return "Il manque un chiffre"
    return f"Il manque {number} chiffres" if number > 0 else "Il y a trop de chiffres"
