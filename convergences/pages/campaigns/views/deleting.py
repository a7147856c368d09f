"""Deleting a campaign in preparation, after a page that says what is lost and what stays."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.campaigns import mandates
from convergences.campaigns.details import Filters
from convergences.campaigns.errors import CampaignGone
from convergences.campaigns.models import Campaign, CampaignState
from convergences.campaigns.services import preparing
from convergences.foundations.errors import Refusal
from convergences.pages.campaigns.guarded import for_campaign
from convergences.pages.campaigns.showing import page, said_at, told
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Say what deleting does, then delete."""
    if request.method != "POST":
        return _ask(request, campaign)
    everything = reverse("campaigns:campaigns")
    try:
        preparing.delete(campaign, actor=actor_of(request), seen=request.POST.get("seen", ""))
    except CampaignGone as refusal:
        return said_at(request, everything, refusal.sentence, good=False)
    except Refusal as refusal:
        return told(request, campaign, refusal.sentence, good=False)
    return said_at(request, everything, f"La campagne « {campaign.name} » est supprimée. Rien n'en était parti.")


def _ask(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    if campaign.state != CampaignState.DRAFT:
        return told(request, campaign, preparing.LAUNCHED_STAYS, good=False)
    asked = mandates.reconfirmation(Filters.kept(campaign.filters).to_confirm_of)
    context = {"campaign": campaign, "reconfirmation": asked, "seen": preparing.mark(campaign)}
    return page(request, "campaigns/delete.html", context)
