"""What several pages of the engineer give to their templates."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from convergences.web.requests import EngineerRequest

UNPROCESSABLE = 422
CONFLICT = 409


def page(
    request: EngineerRequest, template: str, context: dict[str, Any], *, active: str = "catalogue", status: int = 200
) -> HttpResponse:
    """Render a page of the centre's space, with its menu's entry marked."""
    return render(request, template, {"space": "cig", "active": active, **context}, status=status)
