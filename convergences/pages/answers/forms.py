"""What a correspondant keys in from paper: the form of an answer, the day it was signed, its scan."""

from typing import Any, ClassVar

from django import forms

from convergences.campaigns.answers import Answer
from convergences.campaigns.errors import WrongAnswer
from convergences.campaigns.services import paper
from convergences.foundations.text import french
from convergences.web.forms.answer import AnswerForm
from convergences.web.forms.house import DateInput, HouseForm

NO_SCAN = "Choisissez le formulaire signé et numérisé : PDF, JPEG ou PNG."


class ReferenceForm(HouseForm):
    """The reference of a letter."""

    missing: ClassVar = {"reference": "Saisissez la référence qui figure en haut du courrier."}

    reference = forms.CharField(label="Référence du courrier", max_length=40)


class PaperForm(AnswerForm):
    """An answer on paper. The scan is not asked for again once it is kept."""

    missing: ClassVar = {"signed_on": "Saisissez la date de la signature."}

    signed_on = forms.DateField(label="Date de la signature", widget=DateInput)
    scan = forms.FileField(label="Formulaire signé, numérisé", required=False, allow_empty_file=True)
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def typed(self) -> dict[str, Any]:
        """Return all that was typed, to be shown again with another number of people."""
        return {name: self.data.get(name, "") for name in self.fields}

    def judge(self, answer: Answer, *, scanned: bool) -> bool:
        """Show all that is wrong, at once; say whether nothing is."""
        self.is_valid()
        self.add_faults(answer)
        day = self.cleaned_data.get("signed_on")
        if day is not None:
            try:
                paper.checked_day(day)
            except WrongAnswer as fault:
                self.add_refusal(fault)
        if not scanned and "scan" not in self.errors:
            self.add_error("scan", french(NO_SCAN))
        return not self.errors
