"""The doors that every application has: coming in, being refused in words, leaving. Each has its own pages for them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from authlib.integrations.base_client import OAuthError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from convergences_demo.house import back_channel, portal
from convergences_demo.house.configuration import in_use
from convergences_demo.house.portal import AccessOver, Person, PortalSilent, TooWeak

View = Callable[..., HttpResponseBase]
# The portal has something to ask the agent: let it ask.
TO_BE_ASKED = frozenset({"login_required", "interaction_required", "account_selection_required", "consent_required"})
# Words of the portal that have a page of their own.
PAGES = {"access_denied": "removed", "unmet_authentication_requirements": "stronger"}


def page(request: HttpRequest, name: str, context: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    """Answer one of the application's own pages."""
    return render(request, f"{in_use().application.key}/{name}.html", context, status=status)


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
            return page(request, "silent", status=503)
        if person is None:
            return _to_portal(request, request.get_full_path())
        request.person = person  # type: ignore[attr-defined]  # read by the views through `person_of`
        return view(request, *args, **kwargs)

    return guarded


def person_of(request: HttpRequest) -> Person:
    """Return who came to a page that is for whoever came."""
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def _to_portal(request: HttpRequest, back_to: str, **asked: str) -> HttpResponseBase:
    request.session["back_to"] = back_to if request.method == "GET" else "/"
    try:
        return portal.send(request, **asked)
    except PortalSilent:
        return page(request, "silent", status=503)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer that the application is up."""
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
    except TooWeak:
        return page(request, "stronger", status=403)
    except AccessOver:
        request.session.flush()
        return page(request, "removed", status=403)
    except PortalSilent:
        return page(request, "silent", status=503)
    if request.session.session_key:
        back_channel.remember(request.session["sid"], request.session.session_key)
    safe = url_has_allowed_host_and_scheme(back_to, allowed_hosts=None)
    return redirect(back_to if safe else "/")


def _refused(request: HttpRequest, word: str, back_to: str) -> HttpResponseBase:
    if word in TO_BE_ASKED:
        return _to_portal(request, back_to)
    if word in PAGES:
        return page(request, PAGES[word], {"word": word}, status=403)
    return page(request, "failed", {"word": word}, status=400)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the application's session, then let the portal end its own."""
    try:
        address = portal.address_of_sign_out(request)
    except PortalSilent:
        address = "/au-revoir"
    request.session.flush()
    return redirect(address)


@require_safe
def goodbye(request: HttpRequest) -> HttpResponseBase:
    """Say that the session is over."""
    return page(request, "goodbye")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form that another site sent, or that comes from a session that is over."""
    del reason
    return page(request, "stale", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an unknown address."""
    del exception
    return page(request, "not_found", status=404)
