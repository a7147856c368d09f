"""BIP's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from convergences_demo.bip import back_channel, notes, portal, sheets
from convergences_demo.bip.configuration import in_use
from convergences_demo.bip.portal import AccessOver, Person, PortalSilent

View = Callable[..., HttpResponseBase]
ROLES = {"reader": "Consulter", "manager": "Gérer"}
# The portal has something to ask the agent: let it ask.
TO_BE_ASKED = frozenset({"login_required", "interaction_required", "account_selection_required", "consent_required"})


def common(request: HttpRequest) -> dict[str, Any]:
    """Give every template who came and where the portal is."""
    person: Person | None = getattr(request, "person", None)
    labels = [ROLES.get(role, role) for role in person.roles] if person else []
    return {"person": person, "role_names": labels, "portal": in_use().issuer}


def for_whoever_came(view: View) -> View:
    """Show the page to people whom the portal sent, and send the others there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            person = portal.who(request)
        except AccessOver:
            request.session.flush()
            # Without a page: the portal says at once whether the right is gone or only the session.
            return _to_portal(request, request.get_full_path(), prompt="none")
        except PortalSilent:
            return render(request, "bip/silent.html", status=503)
        if person is None:
            return _to_portal(request, request.get_full_path())
        request.person = person  # type: ignore[attr-defined]  # read by the views below through `_person`
        return view(request, *args, **kwargs)

    return guarded


def for_managers(view: View) -> View:
    """Show the page to managers; tell the others what they lack."""

    @for_whoever_came
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _person(request).manages:
            return render(request, "bip/manager_only.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def _to_portal(request: HttpRequest, back_to: str, **asked: str) -> HttpResponseBase:
    request.session["back_to"] = back_to if request.method == "GET" else "/"
    try:
        return portal.send(request, **asked)
    except PortalSilent:
        return render(request, "bip/silent.html", status=503)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer that BIP is up."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the portal."""
    return _to_portal(request, "/")


@require_safe
def come_back(request: HttpRequest) -> HttpResponseBase:
    """Receive the browser that the portal sends back."""
    back_to = request.session.get("back_to", "/")
    try:
        portal.receive(request)
    except OAuthError as error:
        return _refused(request, str(error.error), back_to)
    except AccessOver:
        request.session.flush()
        return render(request, "bip/removed.html", status=403)
    except PortalSilent:
        return render(request, "bip/silent.html", status=503)
    if request.session.session_key:
        back_channel.remember(request.session["sid"], request.session.session_key)
    safe = url_has_allowed_host_and_scheme(back_to, allowed_hosts=None)
    return redirect(back_to if safe else "/")


def _refused(request: HttpRequest, word: str, back_to: str) -> HttpResponseBase:
    if word in TO_BE_ASKED:
        return _to_portal(request, back_to)
    if word == "access_denied":
        return render(request, "bip/removed.html", status=403)
    return render(request, "bip/failed.html", {"word": word}, status=400)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End BIP's session, then let the portal end its own."""
    try:
        address = portal.address_of_sign_out(request)
    except PortalSilent:
        address = "/au-revoir"
    request.session.flush()
    return redirect(address)


@require_safe
def goodbye(request: HttpRequest) -> HttpResponseBase:
    """Say that the session is over."""
    return render(request, "bip/goodbye.html")


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
    return render(request, "bip/sheet.html", {"sheet": shown, "notes": notes.of(_person(request).siret, slug)})


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
    person = _person(request)
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
    notes.erase(_person(request).siret, number)
    return redirect("/gerer")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form that another site sent, or that comes from a session that is over."""
    del reason
    return render(request, "bip/stale.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an unknown address."""
    del exception
    return render(request, "bip/not_found.html", status=404)
