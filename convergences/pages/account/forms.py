"""The forms of one's own account."""

from typing import Any, ClassVar

from django import forms

from convergences.foundations.text import french
from convergences.web.forms import HouseForm

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
