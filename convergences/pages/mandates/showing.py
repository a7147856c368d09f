"""What several pages about mandates give to their templates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from convergences.campaigns.models import Reconfirmation
from convergences.directory.models import Membership
from convergences.foundations.text import french
from convergences.web.requests import CorrespondentRequest

UNPROCESSABLE = 422


def page(request: CorrespondentRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the centre's space; pages about one référent stand under « Employeurs »."""
    active = "employeurs" if "member" in context else "mandats"
    return render(request, template, {"space": "cig", "active": active, **context}, status=status)


def to_sheet(
    request: CorrespondentRequest, member: Membership, sentence: str, *, good: bool = True
) -> HttpResponseRedirect:
    """Lead to the sheet of the référent's employer, which says what has just happened, or why nothing has."""
    (messages.success if good else messages.warning)(request, french(sentence))
    return HttpResponseRedirect(reverse("employers:employer", args=[member.organization.key]))


def to_mandates(request: CorrespondentRequest, sentence: str, *, good: bool = True) -> HttpResponseRedirect:
    """Lead to the page of mandates, which says what has just happened, or why nothing has."""
    (messages.success if good else messages.warning)(request, french(sentence))
    return HttpResponseRedirect(reverse("mandates:mandates"))


def to_campaign(request: CorrespondentRequest, asked: Reconfirmation, sentence: str) -> HttpResponseRedirect:
    """Lead to the form of the campaign that a reconfirmation calls for, filled in."""
    messages.success(request, french(sentence))
    return HttpResponseRedirect(f"{reverse('campaigns:create')}?{urlencode({'reconfirmation': str(asked.uid)})}")
