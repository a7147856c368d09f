"""Where mandates are: what is to be confirmed, who ends soon, and what was asked after elections."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.campaigns import mandates as reading
from convergences.campaigns.models import Campaign, Reconfirmation
from convergences.directory import employers
from convergences.foundations import clock
from convergences.pages.mandates.showing import page
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

SHOWN = 25


@for_correspondent
@require_safe
def mandates(request: CorrespondentRequest) -> HttpResponse:
    """Show the figures, each leading to its employers, the reconfirmations, and the ends to come."""
    context = {
        "figures": reading.figures(),
        "without": employers.without_referent().count(),
        "reconfirmations": _reconfirmations(),
        "ends": reading.ends_to_come(SHOWN),
        "today": clock.today(),
    }
    return page(request, "mandates/mandates.html", context)


def _reconfirmations() -> list[tuple[Reconfirmation, int, Campaign | None]]:
    campaigns = reading.campaigns_of()
    return [(asked, left, campaigns.get(str(asked.uid))) for asked, left in reading.reconfirmations()]
