"""What one types to come in. A refusal names the field and the remedy."""

from typing import Any

from django import forms

from convergences.foundations.text import french
from convergences.web.forms.fields import SixDigits
from convergences.web.forms.house import HouseForm


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
    identifier = IdentifierField("Identifiant", autocomplete="username webauthn")
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
    """The six digits of the mail."""

    missing = {"code": "Saisissez les 6 chiffres du dernier e-mail reçu."}
    code = SixDigits(label="Code à 6 chiffres", where="de l'e-mail")


class VerificationForm(HouseForm):
    """The six digits that the application of codes shows, or what a passkey answered; and whether to remember here."""

    missing = {"code": "Saisissez les 6 chiffres que montre votre application de codes."}
    code = SixDigits(label="Code de votre application sur téléphone", where="de votre application de codes")
    sealed = forms.CharField(required=False)
    answer = forms.CharField(required=False)
    remember = forms.BooleanField(label="Ne plus demander sur cet appareil pendant 30 jours", required=False)

    def __init__(self, *args: Any, may_remember: bool, by_passkey: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not by_passkey
        if not may_remember:
            del self.fields["remember"]


class RecoveryCodeForm(HouseForm):
    """One of the codes printed or kept when the second step was set up."""

    missing = {"code": "Saisissez un de vos codes de secours."}
    code = forms.CharField(
        label="Code de secours",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "mono"}
        ),
    )


class RecoveryForm(HouseForm):
    """The six digits of the mail by which a recovery is finished."""

    missing = {"code": "Saisissez les 6 chiffres de l'e-mail « Votre code de récupération »."}
    code = SixDigits(label="Code reçu par e-mail", where="de l'e-mail")


class PasswordAgainForm(HouseForm):
    """The password, typed again by somebody who is signed in."""

    missing = {"password": "Saisissez votre mot de passe."}
    password = PasswordField("Votre mot de passe", autocomplete="current-password")


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
