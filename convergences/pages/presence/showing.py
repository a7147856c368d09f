"""What the room's pages give to their templates."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from convergences.web.requests import CorrespondentRequest

UNPROCESSABLE = 422


def page(request: CorrespondentRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the centre's space, with its menu's entry marked."""
    return render(request, template, {"space": "cig", "active": "joindre", **context}, status=status)
