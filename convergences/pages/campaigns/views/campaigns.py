"""The list of campaigns."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.campaigns import progress
from convergences.pages.campaigns.showing import chip_of, page
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

BY_PAGE = 25


@for_correspondent
@require_safe
def campaigns(request: CorrespondentRequest) -> HttpResponse:
    """Show all campaigns, latest first, with how far each is."""
    shown = Paginator(progress.campaigns(), BY_PAGE).get_page(request.GET.get("page"))
    totals = progress.totals(list(shown.object_list))
    lines = [(each, chip_of(each), totals[each.pk]) for each in shown.object_list]
    return page(request, "campaigns/campaigns.html", {"lines": lines, "page_obj": shown})
