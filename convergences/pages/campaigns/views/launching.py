"""Launching a campaign, after a page that says how many mails leave."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.campaigns import progress
from convergences.campaigns.details import Filters
from convergences.campaigns.models import Campaign, CampaignState
from convergences.campaigns.services import preparing
from convergences.foundations.errors import Refusal
from convergences.pages.campaigns.guarded import for_campaign
from convergences.pages.campaigns.showing import page, told
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def launch(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Say what launching does, then launch."""
    if campaign.state != CampaignState.DRAFT:
        return told(request, campaign, "Cette campagne est déjà lancée.", good=False)
    if request.method != "POST":
        reach = progress.reach(Filters.kept(campaign.filters))
        return page(
            request, "campaigns/launch.html", {"campaign": campaign, "reach": reach, "seen": preparing.mark(campaign)}
        )
    try:
        preparing.launch(campaign, actor=actor_of(request), seen=request.POST.get("seen", ""))
    except Refusal as refusal:
        return told(request, campaign, refusal.sentence, good=False)
    return told(request, campaign, "La campagne est lancée. Les e-mails partent peu à peu.")
