"""What several pages of the correspondant give to their templates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.directory.models import Organization
from convergences.foundations.text import french
from convergences.web.requests import CorrespondentRequest

UNPROCESSABLE = 422


def page(request: CorrespondentRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the centre's space, with its menu's entry marked."""
    return render(request, template, {"space": "cig", "active": "employeurs", **context}, status=status)


def to_sheet(organization: Organization) -> HttpResponseRedirect:
    """Lead to the sheet of an employer."""
    return HttpResponseRedirect(reverse("employers:employer", args=[organization.key]))


def told(
    request: CorrespondentRequest, organization: Organization, sentence: str, *, good: bool = True
) -> HttpResponseRedirect:
    """Lead to the sheet of an employer, which says what has just happened, or why nothing has."""
    (messages.success if good else messages.warning)(request, french(sentence))
    return to_sheet(organization)
