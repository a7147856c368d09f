"""The page of a campaign: what it will do while it is prepared, how far it is once launched."""

import datetime as dt
from operator import attrgetter
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from convergences.campaigns import mandates, progress
from convergences.campaigns.details import Filters
from convergences.campaigns.models import Campaign, CampaignState, Mailing, MailingKind
from convergences.directory import departments
from convergences.directory.models import Affiliation, OrganizationKind
from convergences.foundations import clock
from convergences.pages.campaigns import lines
from convergences.pages.campaigns.guarded import for_campaign
from convergences.pages.campaigns.listing import Wanted
from convergences.pages.campaigns.showing import chip_of, page
from convergences.web.requests import CorrespondentRequest

BY_PAGE = 25
KINDS = {value: str(label) for value, label in OrganizationKind.choices}
AFFILIATIONS = {value: str(label) for value, label in Affiliation.choices}


@for_campaign
@require_safe
def campaign(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Show a campaign; only its list of employers when htmx asks for it."""
    if campaign.state == CampaignState.DRAFT:
        return page(request, "campaigns/prepared.html", _prepared(campaign))
    wanted = Wanted.read(request.GET)
    if request.htmx and not request.htmx.history_restore_request:  # type: ignore[attr-defined]
        context = {"campaign": campaign, **_listed(request, campaign, wanted)}
        response = page(request, "campaigns/parts/listed.html", context)
    else:
        response = page(request, "campaigns/dashboard.html", _dashboard(request, campaign, wanted))
    patch_vary_headers(response, ["HX-Request"])
    return response


@for_campaign
@require_safe
def mailing(request: CorrespondentRequest, campaign: Campaign) -> HttpResponse:
    """Show how far the mailing is, for a page that asks again and again."""
    if campaign.state == CampaignState.DRAFT:
        raise Http404
    mailing = _under_way(progress.mailings(campaign))
    response = page(request, "campaigns/parts/mailing.html", {"campaign": campaign, "mailing": mailing})
    if mailing is None or mailing.finished_at:
        response.headers["HX-Refresh"] = "true"  # the figures beside it have changed with it
    return response


def _prepared(campaign: Campaign) -> dict[str, Any]:
    kept = Filters.kept(campaign.filters)
    return {
        "campaign": campaign,
        "chip": chip_of(campaign),
        "reach": progress.reach(kept),
        "departments": [departments.named(each) for each in kept.departments],
        "kinds": [KINDS[each] for each in kept.kinds],
        "affiliations": [AFFILIATIONS[each] for each in kept.affiliations],
        "former": dict(progress.launched_names()).get(kept.unanswered_of, ""),
        "to_confirm": dict(mandates.reconfirmation_names()).get(kept.to_confirm_of, ""),
        "applications": campaign.applications.order_by("name"),
        "reminders": [dt.date.fromisoformat(each) for each in campaign.reminders],
    }


def _dashboard(request: CorrespondentRequest, campaign: Campaign, wanted: Wanted) -> dict[str, Any]:
    asked = wanted.asked
    tallies = progress.tallies(campaign, asked.narrowing)
    by_department = progress.shares(tallies, attrgetter("department"))
    kinds = progress.shares(tallies, attrgetter("kind"))
    mailings = progress.mailings(campaign)
    tables = [
        ("departements", "par département", "Département", lines.bars(by_department, campaign, asked, "departement")),
        ("natures", "par nature", "Nature", lines.bars(kinds, campaign, asked, "nature")),
    ]
    return {
        "campaign": campaign,
        "chip": chip_of(campaign),
        "asked": asked,
        "figures": lines.figures(by_department),
        "tables": tables,
        "mailing": _under_way(mailings),
        "steps": lines.calendar(campaign, mailings),
        "is_late": campaign.deadline < clock.today(),
        "now": clock.now(),
        "to_confirm": mandates.figures(campaign),
        **_listed(request, campaign, wanted),
    }


def _listed(request: CorrespondentRequest, campaign: Campaign, wanted: Wanted) -> dict[str, Any]:
    found = progress.counted(campaign, wanted.state, wanted.asked.narrowing, wanted.q)
    shown = Paginator(found, BY_PAGE).get_page(request.GET.get("page"))
    listed = lines.lines_of(shown.object_list, campaign)
    return {"wanted": wanted, "listed": listed, "ticks": any(tick for _, _, tick in listed), "page_obj": shown}


def _under_way(mailings: list[Mailing]) -> Mailing | None:
    """Return the mails that are not finished, else the last ones; letters have their own page."""
    mails = [each for each in mailings if each.kind != MailingKind.LETTERS]
    return next((each for each in mails if each.finished_at is None), mails[-1] if mails else None)
