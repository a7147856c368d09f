"""What several pages of answers give to their templates."""

from typing import Any

from django.contrib import messages
from django.db.models.fields.files import FieldFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.campaigns.models import Designation, DesignationState
from convergences.campaigns.services import retention
from convergences.foundations import clock
from convergences.foundations.text import day_in_words, french
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


def how_long_kept(designation: Designation) -> str:
    """Say until when the scan of an answer is kept, or when it was deleted; nothing where there never was any."""
    if designation.scan_deleted_at is not None:
        day = day_in_words(clock.day_of(designation.scan_deleted_at))
        return french(f"Numérisation supprimée le {day}, au terme de sa conservation.")
    if not designation.scan:
        return ""
    last = retention.last_day(designation)
    if last is not None:
        return french(f"Gardée jusqu'au {day_in_words(last)}, puis supprimée.")
    if designation.state == DesignationState.VALIDATED:
        return french("Gardée tant que dure un mandat qu'elle prouve, puis douze mois.")
    return french("Gardée trois mois après un refus ; acceptée, le temps du mandat et douze mois de plus.")


def to_answer(request: CorrespondentRequest, designation: Designation, sentence: str) -> HttpResponseRedirect:
    """Lead to the page of an answer, which says why nothing has happened."""
    messages.warning(request, french(sentence))
    return HttpResponseRedirect(reverse("answers:answer", args=[designation.uid]))


def to_queue(request: CorrespondentRequest, sentence: str) -> HttpResponseRedirect:
    """Lead to the answers that wait, which say what has just happened."""
    messages.success(request, french(sentence))
    return HttpResponseRedirect(reverse("answers:queue"))
