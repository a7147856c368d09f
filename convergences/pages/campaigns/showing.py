"""What several pages of campaigns give to their templates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.campaigns.models import Campaign, CampaignState
from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.web.requests import CorrespondentRequest

UNPROCESSABLE = 422
STATE_CHIPS = {
    "draft": ("info", "En préparation", "pencil"),
    "running": ("ok", "En cours", "mail-forward"),
    "paused": ("warn", "En pause", "player-pause"),
    "closed": ("info", "Close", "lock"),
}
OVERDUE = ("warn", "Date limite passée", "clock-exclamation")


def chip_of(campaign: Campaign) -> tuple[str, str, str]:
    """Return the tone, the word and the icon of a campaign's state: one that goes on after its deadline says so."""
    if campaign.state == CampaignState.RUNNING and campaign.deadline < clock.today():
        return OVERDUE
    return STATE_CHIPS[campaign.state]


def page(request: CorrespondentRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the centre's space, with its menu's entry marked."""
    return render(request, template, {"space": "cig", "active": "designations", **context}, status=status)


def to_campaign(campaign: Campaign) -> HttpResponseRedirect:
    """Lead to the page of a campaign."""
    return HttpResponseRedirect(reverse("campaigns:campaign", args=[campaign.uid]))


def told(request: CorrespondentRequest, campaign: Campaign, sentence: str, *, good: bool = True) -> HttpResponse:
    """Lead to the page of a campaign, which says what has just happened, or why nothing has."""
    return said_at(request, to_campaign(campaign).url, sentence, good=good)


def said_at(request: CorrespondentRequest, url: str, sentence: str, *, good: bool = True) -> HttpResponseRedirect:
    """Lead to a page, which says what has just happened, or why nothing has."""
    (messages.success if good else messages.warning)(request, french(sentence))
    return HttpResponseRedirect(url)
