"""The answers to check: all of them or « Mes employeurs », of one campaign or of all, oldest first."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from convergences.campaigns import queue as answers
from convergences.campaigns.queue import QueueFilters
from convergences.pages.answers.lines import lines_of
from convergences.pages.answers.showing import page
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

BY_PAGE = 25
MINE = "miens"
TABS = {"": "Toutes", MINE: "Mes employeurs"}


@for_correspondent
@require_safe
def queue(request: CorrespondentRequest) -> HttpResponse:
    """Show the answers that wait; an unknown filter asks nothing."""
    mine = request.GET.get("suivi") == MINE
    campaign = _campaign(request.GET.get("campagne", ""))
    filters = QueueFilters(campaign, request.agent.pk if mine else None)
    shown = Paginator(answers.to_check(filters), BY_PAGE).get_page(request.GET.get("page"))
    context = {
        "lines": lines_of(list(shown.object_list)),
        "campaigns": answers.campaigns_waiting(),
        "chosen": campaign,
        "mine": mine,
        "tabs": [(label, _url(word, campaign), (word == MINE) == mine) for word, label in TABS.items()],
        "page_obj": shown,
    }
    return page(request, "answers/queue.html", context)


def _campaign(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _url(tab: str, campaign: UUID | None) -> str:
    kept = {name: value for name, value in (("suivi", tab), ("campagne", str(campaign or ""))) if value}
    path = reverse("answers:queue")
    return f"{path}?{urlencode(kept)}" if kept else path
