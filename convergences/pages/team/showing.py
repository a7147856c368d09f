"""What several pages of the référent give to their templates."""

from collections.abc import Iterable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from convergences.web.requests import EmployerRequest

UNPROCESSABLE = 422


def page(
    request: EmployerRequest, template: str, context: dict[str, Any], *, active: str = "utilisateurs", status: int = 200
) -> HttpResponse:
    """Render a page of the organization, with its menu's entry marked."""
    base = {"space": "annuaire", "active": active, "organization": request.organization}
    return render(request, template, {**base, **context}, status=status)


def errors_of(form: Form | None, extra: Iterable[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Return the summary of a form's errors: the id of the input to go to (or nothing), and the sentence."""
    found: list[tuple[str, str]] = []
    for name, sentences in form.errors.items() if form is not None else ():
        target = f"id_{name}" if form is not None and name in form.fields else ""
        found.extend((target, str(sentence)) for sentence in sentences)
    return [*found, *extra]
