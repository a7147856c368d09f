"""What several pages of answers give to their templates."""

from typing import Any

from django.contrib import messages
from django.db.models.fields.files import FieldFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.campaigns.models import Designation, DesignationState
from convergences.foundations.text import french
from convergences.web.requests import CorrespondentRequest

UNPROCESSABLE = 422
STATE_CHIPS = {
    DesignationState.RECEIVED: ("warn", "À vérifier", "clipboard-list"),
    DesignationState.SENT_BACK: ("warn", "Renvoyée", "mail-forward"),
    DesignationState.VALIDATED: ("ok", "Validée", "check"),
    DesignationState.REPLACED: ("info", "Remplacée par une autre", "refresh"),
    DesignationState.SET_ASIDE: ("info", "Classée sans suite", "lock"),
}
PROOFS = {
    "letter_code": ("mail-check", "Code du courrier", "Le code que seul le courrier contient a été recopié."),
    "mail_code": (
        "at",
        "Code envoyé à l’adresse officielle",
        "Un code lu dans la boîte officielle de l’employeur a été recopié.",
    ),
    "scan": ("signature", "Formulaire signé", "Le formulaire est revenu signé ; comparez avec la numérisation."),
}


def page(request: CorrespondentRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the centre's space, with its menu's entry marked."""
    return render(request, template, {"space": "cig", "active": "reponses", **context}, status=status)


def chip_of(designation: Designation) -> tuple[str, str, str]:
    """Return the tone, the word and the icon of an answer's state."""
    return STATE_CHIPS[DesignationState(designation.state)]


def is_picture(file: FieldFile) -> bool:
    """Say whether a scan, if there is one, is drawn by the page; a PDF is handed over."""
    return str(file.name or "").endswith(".jpg")


def to_answer(request: CorrespondentRequest, designation: Designation, sentence: str) -> HttpResponseRedirect:
    """Lead to the page of an answer, which says why nothing has happened."""
    messages.warning(request, french(sentence))
    return HttpResponseRedirect(reverse("answers:answer", args=[designation.uid]))


def to_queue(request: CorrespondentRequest, sentence: str) -> HttpResponseRedirect:
    """Lead to the answers that wait, which say what has just happened."""
    messages.success(request, french(sentence))
    return HttpResponseRedirect(reverse("answers:queue"))
