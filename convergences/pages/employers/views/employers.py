"""The list of employers: tabs, search, filters, sort, pages, and the same employers as a file."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from convergences.campaigns import employers as campaigns
from convergences.campaigns import mandates
from convergences.campaigns.models import Campaign
from convergences.directory import employers as directory
from convergences.directory.models import Affiliation, Organization, OrganizationKind
from convergences.pages.employers import filters as lists
from convergences.pages.employers.filters import Asked
from convergences.pages.employers.lines import lines_of
from convergences.pages.employers.showing import page
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

BY_PAGE = 25


@for_correspondent
@require_safe
def employers(request: CorrespondentRequest) -> HttpResponse:
    """Show the employers that the address asks for; only the results when htmx asks."""
    asked, campaign = Asked.read(request.GET), campaigns.latest()
    shown = Paginator(chosen(asked, request.agent.pk), BY_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "tabs": _tabs(asked, campaign),
        "columns": _columns(asked, campaign),
        "lines": lines_of(list(shown.object_list)),
        "campaign": campaign,
        "page_obj": shown,
        **_choices(),
    }
    partial = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = page(request, "employers/parts/results_htmx.html" if partial else "employers/employers.html", context)
    # The same address gives a page or its results: the browser's cache must not show one for the other.
    patch_vary_headers(response, ["HX-Request"])
    if partial:
        response["HX-Push-Url"] = asked.url()  # without the filters that ask nothing
    return response


def chosen(asked: Asked, reader_id: int) -> QuerySet[Organization]:
    """Return the employers that an address asks for; those late are so in the last that asked them."""
    found = directory.employers(asked.for_directory(reader_id))
    if asked.tab == lists.TO_CONFIRM:
        return found.filter(pk__in=mandates.employers_to_confirm())
    return found.filter(pk__in=campaigns.late()) if asked.tab == lists.LATE else found


def _choices() -> dict[str, Any]:
    return {
        "departments": directory.department_choices(),
        "kinds": OrganizationKind.choices,
        "affiliations": Affiliation.choices,
        "numbers": [(word, label) for word, (_, label) in lists.REFERENTS.items()],
    }


def _tabs(asked: Asked, campaign: Campaign | None) -> list[tuple[str, str, bool]]:
    return [
        (label, asked.url(etat=word), word == asked.tab)
        for word, label in lists.TABS.items()
        if word != lists.LATE or campaign is not None
    ]


def _columns(asked: Asked, campaign: Campaign | None) -> list[tuple[str, str, str]]:
    columns = [_sorted(asked, "Employeur", "nom"), _sorted(asked, "Dép.", "departement")]
    columns += [("Référents", "", ""), ("Comptes", "", "")]
    return [*columns, ("Désignation", "", "")] if campaign else columns


def _sorted(asked: Asked, label: str, word: str) -> tuple[str, str, str]:
    direction = {word: "ascending", f"-{word}": "descending"}.get(asked.sort, "")
    return label, asked.url(tri=f"-{word}" if asked.sort == word else word), direction
