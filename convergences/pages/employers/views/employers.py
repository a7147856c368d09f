"""The list of employers."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.pages.employers.showing import page
from convergences.web.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest


@for_correspondent
@require_safe
def employers(request: CorrespondentRequest) -> HttpResponse:
    """Show the employers that the address asks for."""
    return page(request, "employers/employers.html", {})
