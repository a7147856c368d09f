"""What every page of one's own account gives to its template."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from convergences.web.requests import AgentRequest

UNPROCESSABLE = 422


def page(
    request: AgentRequest, template: str, context: dict[str, Any], *, active: str = "profil", status: int = 200
) -> HttpResponse:
    """Render a page of the directory, with its menu's entry marked."""
    return render(request, template, {"space": "annuaire", "active": active, **context}, status=status)
