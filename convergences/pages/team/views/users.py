"""The list of users: tabs, search, filters, sort, pages, and the selection for acts on several."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Status
from convergences.directory import queries as directory
from convergences.directory.models import Membership
from convergences.entitlements import queries as entitlements
from convergences.entitlements.models import Entitlement
from convergences.entitlements.rules import EXPIRES_SOON_DAYS
from convergences.foundations import clock
from convergences.pages.team import filters as lists
from convergences.pages.team.filters import UserFilters
from convergences.pages.team.members import Person
from convergences.pages.team.showing import page
from convergences.web.entrance.guards import for_referent
from convergences.web.requests import EmployerRequest
from convergences.web.wording.dates import short_moment

BY_PAGE = 25
NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One member of the list, with their rights in a few words and the state to show."""

    person: Person
    applications: str
    chip: str

    @property
    def last_seen(self) -> str:
        """When the agent last signed in, in a few words."""
        seen = self.person.member.last_sign_in_at
        return short_moment(seen, hour=False) if seen else "Jamais"


@for_referent
@require_safe
def users(request: EmployerRequest) -> HttpResponse:
    """Show the members that the address asks for; only the results when htmx asks."""
    filters, organization = UserFilters.read(request.GET), request.organization
    applications = catalog.applications(statuses=(Status.OPEN, Status.PILOT))
    expiring = entitlements.expiring(organization).order_by().values("membership_id")
    members = directory.members(organization, filters.for_directory())
    if filters.state == lists.EXPIRING:
        members = members.filter(pk__in=expiring)
    chosen = next((each for each in applications if each.slug == filters.application), None)
    if chosen:
        members = members.filter(pk__in=_holders(request, chosen))
    shown = Paginator(members, BY_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "applications": applications,
        "profiles": [(word, profile.label) for word, profile in lists.PROFILES],
        "tabs": lists.tabs(filters, organization, directory.member_counts(organization), expiring.distinct().count()),
        "columns": lists.columns(filters, organization),
        "rows": _rows(request, list(shown.object_list)),
        "page_obj": shown,
    }
    partial = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = page(request, "team/parts/results_htmx.html" if partial else "team/users.html", context)
    # The same address gives a page or its results: the browser's cache must not show one for the other.
    patch_vary_headers(response, ["HX-Request"])
    if partial:
        response["HX-Push-Url"] = filters.url(organization)  # without the filters that ask nothing
    return response


def _holders(request: EmployerRequest, application: Application) -> QuerySet[Entitlement, int]:
    rights = entitlements.current_rights().filter(organization=request.organization, application=application)
    return rights.values_list("membership_id", flat=True)


def _rows(request: EmployerRequest, members: list[Membership]) -> list[Row]:
    rights = entitlements.current_for([member.pk for member in members])
    return [_row(Person.of(member, request.agent), rights[member.pk]) for member in members]


def _row(person: Person, rights: list[Entitlement]) -> Row:
    soon = any(_expires_soon(right) for right in rights)
    return Row(person, _named(rights), "expiring" if soon and person.state == "active" else person.state)


def _expires_soon(right: Entitlement) -> bool:
    return right.ends_on is not None and (right.ends_on - clock.today()).days <= EXPIRES_SOON_DAYS


def _named(rights: list[Entitlement]) -> str:
    names = [right.application.name for right in rights]
    if len(names) > NAMED_AT_MOST:
        return f"{len(names)} applications"
    return ", ".join(names) or "Aucune"
