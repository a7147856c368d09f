"""The figures of adoption at a glance, and the rights on each application month by month."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.adoption import queries
from convergences.foundations.text import month_in_words
from convergences.pages.adoption import charts
from convergences.pages.adoption.showing import page
from convergences.web.entrance.guards import for_correspondent
from convergences.web.forms.narrowing import Asked
from convergences.web.requests import CorrespondentRequest


@for_correspondent
@require_safe
def overview(request: CorrespondentRequest) -> HttpResponse:
    """Show how far adoption is; rights are counted over all employers."""
    asked = Asked.read(request.GET)
    rights = queries.rights()
    context = {
        "asked": asked,
        "accounts": queries.accounts(asked.narrowing),
        "absent": queries.never_connected(asked.narrowing).count(),
        "lines": charts.lines(rights),
        "rows": charts.rows(rights),
        "since": month_in_words(rights.months[0]),
        "counted_at": rights.counted_at,
    }
    return page(request, "adoption/overview.html", context)
