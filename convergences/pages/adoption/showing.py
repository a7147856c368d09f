"""What several pages of the room give to their templates."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from convergences.web.requests import CorrespondentRequest

BY_PAGE = 25


def page(request: CorrespondentRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page of the centre's space, with its menu's entry marked."""
    return render(request, template, {"space": "cig", "active": "suivi", **context})
