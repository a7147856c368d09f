"""The forms of one's own account."""

from typing import Any, ClassVar

from django import forms

from convergences.foundations.text import french
from convergences.web.forms.fields import SixDigits
from convergences.web.forms.house import HouseForm

NO_PHOTO = french("Choisissez une image sur votre poste, ou cochez « Retirer ma photo ».")


class PhotoForm(HouseForm):
    """A picture, or its removal. Whether the file is a photo is the directory's to say."""

    photo = forms.FileField(label="Photo", required=False, allow_empty_file=True)
    remove = forms.BooleanField(label="Retirer ma photo", required=False)

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; adds an error when nothing was chosen."""
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("photo") and not cleaned.get("remove") and not self.errors:
            self.add_error("photo", NO_PHOTO)
        return cleaned


class PasswordForm(HouseForm):
    """The present password, the new one, and the new one again."""

    missing: ClassVar[dict[str, str]] = {
        "current": "Saisissez votre mot de passe actuel.",
        "new": "Saisissez votre nouveau mot de passe.",
        "again": "Saisissez une seconde fois votre nouveau mot de passe.",
    }

    current = forms.CharField(label="Mot de passe actuel", strip=False, widget=forms.PasswordInput, max_length=1000)
    new = forms.CharField(label="Nouveau mot de passe", strip=False, widget=forms.PasswordInput, max_length=1000)
    again = forms.CharField(
        label="Saisissez-le une seconde fois", strip=False, widget=forms.PasswordInput, max_length=1000
    )

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; adds an error when the two new passwords differ."""
        cleaned = super().clean() or self.cleaned_data
        if "new" in cleaned and "again" in cleaned and cleaned["new"] != cleaned["again"]:
            self.add_error(
                "again", french("Les deux saisies sont différentes. Saisissez à nouveau le même mot de passe.")
            )
        return cleaned


class FirstCodeForm(HouseForm):
    """The first code that a new application of codes shows."""

    missing: ClassVar[dict[str, str]] = {"code": "Saisissez les 6 chiffres que montre l'application."}
    code = SixDigits(label="Code à 6 chiffres", where="que montre l'application")


class KeptForm(HouseForm):
    """Whether the recovery codes are printed or kept: they are not shown again."""

    missing: ClassVar[dict[str, str]] = {"kept": "Imprimez ou enregistrez vos codes, puis cochez la case."}
    kept = forms.BooleanField(label="J'ai imprimé ou enregistré mes codes")


class NameForm(HouseForm):
    """The name by which one knows one's telephone or key."""

    missing: ClassVar[dict[str, str]] = {"name": "Donnez-lui un nom."}
    name = forms.CharField(label="Nom", max_length=200)


class PasskeyForm(HouseForm):
    """What the browser made, with the challenge that it answers, and the name by which the agent will know it."""

    missing = {"answer": "La clé d'accès n'a rien répondu : recommencez."}
    name = forms.CharField(label="Nom de l'appareil", required=False)
    sealed = forms.CharField(required=False, widget=forms.HiddenInput)
    answer = forms.CharField(widget=forms.HiddenInput)
