"""The accounts that nobody ever opened: by employer, then those of one."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from convergences.adoption import queries
from convergences.directory import employers as directory
from convergences.directory.queries import MemberFilters, members
from convergences.pages.adoption.showing import BY_PAGE, page
from convergences.web.entrance.guards import for_correspondent
from convergences.web.forms.narrowing import Asked
from convergences.web.requests import CorrespondentRequest


@for_correspondent
@require_safe
def accounts(request: CorrespondentRequest) -> HttpResponse:
    """List the employers, those with most such accounts first, as they were counted in the day."""
    asked = Asked.read(request.GET)
    shown = Paginator(queries.employers_waiting(asked.narrowing), BY_PAGE).get_page(request.GET.get("page"))
    context = {"asked": asked, "counted": queries.accounts(asked.narrowing), "page_obj": shown}
    return page(request, "adoption/accounts.html", context)


@for_correspondent
@require_safe
def waiting(request: CorrespondentRequest, organization: str) -> HttpResponse:
    """List those of an employer, as they are now."""
    employer = directory.employer(organization)
    if employer is None:
        raise Http404
    shown = Paginator(members(employer, MemberFilters(state="invited")), BY_PAGE).get_page(request.GET.get("page"))
    return page(request, "adoption/waiting.html", {"employer": employer, "page_obj": shown})
