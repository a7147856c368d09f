"""The guard of every page about one campaign."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase

from convergences.campaigns import progress
from convergences.campaigns.models import Campaign
from convergences.pages.campaigns.showing import page
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

P = ParamSpec("P")
NOT_FOUND = 404


def gone(request: CorrespondentRequest) -> HttpResponse:
    """Answer 404 to a correspondant for a campaign that was deleted, or never was."""
    return page(request, "campaigns/gone.html", {}, status=NOT_FOUND)


def for_campaign(
    view: Callable[Concatenate[CorrespondentRequest, Campaign, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the campaign named by the address, to one of the centre's correspondants; `gone` without one."""

    @for_correspondent
    @wraps(view)
    def guarded(
        request: CorrespondentRequest, /, campaign: UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        found = progress.campaign(campaign)
        if found is None:
            return gone(request)
        return view(request, found, *args, **kwargs)

    return guarded
