"""Reminding all the silent employers of a part of a campaign, after a page that says who they are."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.campaigns import progress
from convergences.campaigns.models import Campaign, CampaignState
from convergences.campaigns.services import mailing
from convergences.foundations.errors import Refusal
from convergences.pages.campaigns.guarded import for_campaign
from convergences.pages.campaigns.showing import page, told
from convergences.web.actor import actor_of
from convergences.web.forms.narrowing import Asked
from convergences.web.requests import CorrespondentRequest

BY_PAGE = 25


@for_campaign
@require_http_methods(["GET", "HEAD", "POST"])
def remind_all(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Say how many are reminded, who they are and when they last were; then remind them."""
    if campaign.state != CampaignState.RUNNING:
        return told(request, campaign, "La campagne n'est pas en cours : rien ne part.", good=False)
    if request.method == "POST":
        return _remind(request, campaign)
    asked = Asked.read(request.GET)
    found = progress.to_remind(campaign, asked.narrowing)
    context = {
        "campaign": campaign,
        "asked": asked,
        "recall": progress.recall(campaign, asked.narrowing),
        "page_obj": Paginator(found, BY_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "campaigns/remind_all.html", context)


def _remind(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    asked = Asked.read(request.POST)
    if asked.query() != request.POST.get("parmi", ""):
        # What was agreed to no longer reads the same: a correspondant who left would widen it to everybody.
        address = reverse("campaigns:remind_all", args=[campaign.uid])
        return HttpResponseRedirect(f"{address}?{asked.query()}")
    try:
        made = mailing.remind_all(campaign, asked.narrowing, actor=actor_of(request))
    except Refusal as refusal:
        return told(request, campaign, refusal.sentence, good=False)
    said = f"{made.total} employeurs sont relancés" if made.total > 1 else "Un employeur est relancé"
    return told(request, campaign, f"{said} : les e-mails partent dans les minutes qui viennent.")
