"""BIP's pages."""

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from convergences_demo.bip import notes, sheets
from convergences_demo.house.configuration import in_use
from convergences_demo.house.doors import View, for_whoever_came, person_of
from convergences_demo.house.portal import Person, sign_in_of

ROLES = {"reader": "Consulter", "manager": "Gérer"}


def common(request: HttpRequest) -> dict[str, Any]:
    """Give every template who came and where the portal is."""
    person: Person | None = getattr(request, "person", None)
    labels = [ROLES.get(role, role) for role in person.roles] if person else []
    return {"person": person, "role_names": labels, "portal": in_use().issuer, "sign_in": sign_in_of(request)}


def for_managers(view: View) -> View:
    """Show the page to managers; tell the others what they lack."""

    @for_whoever_came
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not person_of(request).manages:
            return render(request, "bip/manager_only.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_whoever_came
def home(request: HttpRequest) -> HttpResponseBase:
    """List the sheets, by theme or by search."""
    words = request.GET.get("q", "").strip()[:80]
    found = sheets.search(words) if words else list(sheets.SHEETS)
    themes = {sheet.theme: [each for each in found if each.theme == sheet.theme] for sheet in found}
    return render(request, "bip/home.html", {"words": words, "themes": themes, "found": len(found)})


@require_safe
@for_whoever_came
def sheet(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show one sheet, with the notes of the reader's own employer."""
    shown = sheets.by_slug(slug)
    if shown is None:
        raise Http404
    return render(request, "bip/sheet.html", {"sheet": shown, "notes": notes.of(person_of(request).siret, slug)})


@require_safe
@for_whoever_came
def templates(request: HttpRequest) -> HttpResponseBase:
    """List the models of acts."""
    return render(request, "bip/templates.html", {"models": sheets.MODELS})


@require_safe
@for_whoever_came
def my_access(request: HttpRequest) -> HttpResponseBase:
    """Show what the portal said of the person who came."""
    return render(request, "bip/my_access.html")


@for_managers
def manage(request: HttpRequest) -> HttpResponseBase:
    """Let a manager write a note under a sheet, for the colleagues of the same employer."""
    person = person_of(request)
    problem = ""
    if request.method == "POST":
        problem = notes.write(person.siret, request.POST.get("sheet", ""), request.POST.get("text", ""), person.name)
        if not problem:
            return redirect(f"/gerer?{urlencode({'fait': 1})}")
    context = {
        "sheets": sheets.SHEETS,
        "notes": notes.all_of(person.siret),
        "problem": problem,
        "text": request.POST.get("text", "")[: notes.LONGEST],
        "chosen": request.POST.get("sheet", ""),
        "done": "fait" in request.GET and not problem,
    }
    return render(request, "bip/manage.html", context, status=422 if problem else 200)


@require_POST
@for_managers
def erase(request: HttpRequest, number: int) -> HttpResponseBase:
    """Remove a note of the manager's own employer."""
    notes.erase(person_of(request).siret, number)
    return redirect("/gerer")
