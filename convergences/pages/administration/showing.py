"""What several pages of the engineer give to their templates."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from convergences.catalog import queries as catalog
from convergences.web.requests import EngineerRequest

UNPROCESSABLE = 422


def page(
    request: EngineerRequest, template: str, context: dict[str, Any], *, active: str = "catalogue", status: int = 200
) -> HttpResponse:
    """Render a page of the centre's space, with its menu's entry marked."""
    return render(request, template, {"space": "cig", "active": active, **context}, status=status)


def categories() -> list[str]:
    """Return the catalogue's headings, for a form to propose them."""
    return sorted({each.category for each in catalog.every_application() if each.category})
