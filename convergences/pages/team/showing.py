"""What several pages of the référent give to their templates, and where they lead once something is done."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.directory.models import Membership
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
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


def to_sheet(request: EmployerRequest, member: Membership) -> HttpResponseRedirect:
    """Go to the member's sheet."""
    return HttpResponseRedirect(reverse("team:user", args=[request.organization.key, member.uid]))


def done(request: EmployerRequest, member: Membership, act: Callable[[], object], told: str) -> HttpResponseRedirect:
    """Do by POST what needs no other answer; say at the sheet that it is done, or what is refused."""
    if request.method == "POST":
        try:
            act()
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, french(told))
    return to_sheet(request, member)
