"""Preparing a campaign, and changing it before it is launched."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from convergences.campaigns import mandates, progress
from convergences.campaigns.details import Filters
from convergences.campaigns.errors import CampaignGone
from convergences.campaigns.models import Campaign, CampaignState
from convergences.campaigns.services import preparing
from convergences.foundations.errors import Refusal
from convergences.pages.campaigns import suggested
from convergences.pages.campaigns.forms import CampaignForm, initial_of, typed, typed_filters
from convergences.pages.campaigns.guarded import NOT_FOUND, gone
from convergences.pages.campaigns.showing import UNPROCESSABLE, page, told
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.forms.edit_conflicts import mark, stands
from convergences.web.requests import CorrespondentRequest


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: CorrespondentRequest) -> HttpResponse:
    """Show the form of a new campaign, or prepare it; nothing leaves yet.

    The form is that of a first campaign, of the `suite` of another, or of a `reconfirmation`.
    """
    if request.method != "POST":
        given = _suggested(request)
        return _show(request, CampaignForm(initial=given), Filters.kept(given))
    if "compter" in request.POST:
        return _show(request, CampaignForm(initial=typed(request.POST)), typed_filters(request.POST))
    form = CampaignForm(request.POST)
    if form.is_valid():
        try:
            made = preparing.create(form.details(), actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return told(request, made, "La campagne est enregistrée. Rien ne part avant que vous la lanciez.")
    return _show(request, form, typed_filters(request.POST))


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def modify(request: CorrespondentRequest, campaign: UUID) -> HttpResponse:
    """Show a campaign in preparation as a form, or save it; deleted meanwhile, what was typed makes another."""
    found = progress.campaign(campaign)
    if found is None:
        return _orphaned(request) if request.method == "POST" else gone(request)
    return _modify(request, found)


def _modify(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    if campaign.state != CampaignState.DRAFT:
        return told(request, campaign, "Cette campagne est lancée : seul son calendrier se change encore.", good=False)
    kept = initial_of(campaign)
    if request.method != "POST":
        return _show(request, CampaignForm(initial=kept), Filters.kept(campaign.filters), campaign)
    if "compter" in request.POST:
        seen = request.POST.get("seen", "")
        return _show(request, CampaignForm(initial=typed(request.POST)), typed_filters(request.POST), campaign, seen)
    form = CampaignForm(request.POST, initial=kept)
    if stands(request, form):
        try:
            preparing.modify(campaign, form.details(), actor=actor_of(request))
        except CampaignGone:
            return _orphaned(request)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return told(request, campaign, "La campagne est enregistrée.")
    return _show(request, form, typed_filters(request.POST), campaign)


def _orphaned(request: CorrespondentRequest) -> HttpResponse:
    form = CampaignForm(initial=typed(request.POST))
    context = {"form": form, "orphaned": True, "reach": progress.reach(typed_filters(request.POST))}
    return page(request, "campaigns/form.html", context, status=NOT_FOUND)


def _suggested(request: CorrespondentRequest) -> dict[str, Any]:
    if former := progress.launched(request.GET.get("suite", "")):
        return suggested.following(former)
    if asked := mandates.reconfirmation(request.GET.get("reconfirmation", "")):
        return suggested.confirming(asked)
    return suggested.blank()


@for_correspondent
@require_safe
def reach(request: CorrespondentRequest) -> HttpResponse:
    """Say how many employers the filters of a form keep, while it is filled in."""
    response = page(request, "campaigns/parts/reach.html", {"reach": progress.reach(typed_filters(request.GET))})
    patch_vary_headers(response, ["HX-Request"])
    return response


def _show(
    request: CorrespondentRequest,
    form: CampaignForm,
    filters: Filters,
    campaign: Campaign | None = None,
    seen: str = "",
) -> HttpResponse:
    context = {"form": form, "campaign": campaign, "seen": seen or mark(form), "reach": progress.reach(filters)}
    return page(request, "campaigns/form.html", context, status=UNPROCESSABLE if form.errors else 200)
