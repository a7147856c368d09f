"""The application's pages."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from convergences_demo.commission import cases
from convergences_demo.house.configuration import in_use
from convergences_demo.house.doors import for_whoever_came, person_of
from convergences_demo.house.portal import Person, sign_in_of

ROLES = {"filer": "Déposer des dossiers"}


def common(request: HttpRequest) -> dict[str, Any]:
    """Give every template who came and where the portal is."""
    person: Person | None = getattr(request, "person", None)
    labels = [ROLES.get(role, role) for role in person.roles] if person else []
    said = {"person": person, "role_names": labels, "sign_in": sign_in_of(request)}
    return {**said, "portal": in_use().issuer, "minutes": in_use().max_age // 60}


def _today() -> dt.date:
    return timezone.localdate()


@require_safe
@for_whoever_came
def home(request: HttpRequest) -> HttpResponseBase:
    """List the employer's files, and the next sessions."""
    today = _today()
    found = cases.of(person_of(request).siret, today)
    context = {"cases": found, "sessions": cases.sessions(today), "done": "depose" in request.GET}
    return render(request, "commission/home.html", context)


@require_http_methods(["GET", "POST"])
@for_whoever_came
def deposit(request: HttpRequest) -> HttpResponseBase:
    """Take a new file from somebody whose role is to deposit them."""
    person = person_of(request)
    if "filer" not in person.roles:
        return render(request, "commission/removed.html", status=403)
    problem, kind, initials = "", request.POST.get("kind", ""), request.POST.get("initials", "")[:10]
    if request.method == "POST":
        problem = cases.deposit(person.siret, initials, kind, _today())
        if not problem:
            return redirect("/?depose")
    context = {"kinds": cases.KINDS, "problem": problem, "chosen": kind, "initials": initials}
    return render(request, "commission/deposit.html", context, status=422 if problem else 200)


@require_safe
@for_whoever_came
def my_access(request: HttpRequest) -> HttpResponseBase:
    """Show what the portal said of the person who came."""
    return render(request, "commission/my_access.html")
