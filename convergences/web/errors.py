"""Error pages: what went wrong and what to do, without a technical word, and a reference to quote.

The pages of 500 and 503 read nothing: they must answer when the database does not.
"""

import datetime as dt

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateSyntaxError
from django.template.loader import render_to_string

from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.web.context import center
from convergences.web.entrance.returning import page_of
from convergences.web.wording.dates import hour

log = structlog.get_logger("convergences.web")

RETRY_AFTER = 60
LAST_RESORT = (
    "<!doctype html><html lang=fr><title>Un problème est survenu</title><h1>Un problème est survenu de notre côté</h1>"
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400, or 413 when what was sent is too large."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return _page(request, "400", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 403 for a page that the agent may not see. An application has its own page: `web.entrance.refusals`."""
    return _page(request, "403", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form that is not one of ours any more, with the way back to a fresh one."""
    log.warning("form refused", why=reason, path=request.path_info)
    return _page(request, "csrf", 403, back=page_of(request))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Answer 404: absent and forbidden are the same."""
    return _page(request, "404", 404)


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer 405 to an address opened in a way that it does not know: a form's answer reloaded, most often."""
    response = _page(request, "405", 405)
    response["Allow"] = allowed
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413, without having read what was sent."""
    return _page(request, "413", 413, back=page_of(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without the database, and even without its own template."""
    context = {**center(), "reference": getattr(request, "reference", "")}
    try:
        content = str(render_to_string("web/errors/500.html", context))
    except (TemplateSyntaxError, OSError, LookupError):
        log.exception("the error page itself failed")
        content = LAST_RESORT
    return HttpResponse(content, status=500, headers={"Cache-Control": "no-store"})


def unavailable(request: HttpRequest, until: str) -> HttpResponse:  # noqa: ARG001
    """Answer 503 with the hour of return; the page asks again every minute."""
    content = render_to_string("web/errors/503.html", {**center(), "returns": return_time(until)})
    headers = {"Retry-After": str(RETRY_AFTER), "Refresh": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(content, status=503, headers=headers)


def return_time(until: str) -> str:
    """Say an ISO 8601 instant as people do, « dans quelques minutes » once it is past; give other words back."""
    try:
        at = dt.datetime.fromisoformat(until)
    except ValueError:
        return until
    local = (at if at.tzinfo else at.replace(tzinfo=clock.PARIS)).astimezone(clock.PARIS)
    if local <= clock.now():
        return "dans quelques minutes"
    return french(hour(local, capital=False))


def _page(request: HttpRequest, name: str, status: int, **context: object) -> HttpResponse:
    layout = "web/page.html" if getattr(request, "agent", None) else "web/public.html"
    response = render(
        request, f"web/errors/{name}.html", {"layout": layout, "space": "portail", **context}, status=status
    )
    response["Cache-Control"] = "no-store"
    return response
