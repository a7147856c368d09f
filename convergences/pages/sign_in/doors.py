"""What every page of this room has in common: open to strangers, kept by no cache, going on where one wanted to go."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from convergences.authentication import delays
from convergences.authentication.errors import Overloaded, TooManyAttempts
from convergences.foundations import clock
from convergences.web.entrance.guards import open_to_strangers
from convergences.web.entrance.returning import safe_next
from convergences.web.requests import AgentRequest, HouseRequest

BUSY_SECONDS = 5
SUSPENDED = {  # what is suspended, by page: signing in, the second step, or (any other) asking for mails
    "login": "sign_in",
    **dict.fromkeys(("second_step", "second_step_recovery", "step_up", "step_up_recovery"), "second_step"),
    **dict.fromkeys(("lost_code", "step_up_mail_code"), "second_step"),
}
View = Callable[..., HttpResponseBase]


def page(*methods: str) -> Callable[[Callable[[HouseRequest], HttpResponseBase]], View]:
    """Make a page of this room: these methods, open to strangers, in no cache.

    What a page refuses for having been asked too often is answered here, by 429 or 503 with the delay.
    """

    def decorate(view: Callable[[HouseRequest], HttpResponseBase]) -> View:
        return open_to_strangers(_answering(view, methods))

    return decorate


def inner_page(*methods: str) -> Callable[[Callable[[AgentRequest], HttpResponseBase]], View]:
    """Make a page of this room for who is signed in, and nobody else: otherwise as `page`."""

    def decorate(view: Callable[[AgentRequest], HttpResponseBase]) -> View:
        return _answering(view, methods)

    return decorate


def _answering(view: Callable[[Any], HttpResponseBase], methods: tuple[str, ...]) -> View:
    @require_http_methods(list(methods))
    @wraps(view)
    def guarded(request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request)
        except TooManyAttempts as refusal:
            response = suspended(request, refusal)
        except Overloaded as refusal:
            response = busy(request, refusal)
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def suspended(request: HttpRequest, refusal: TooManyAttempts) -> HttpResponse:
    """Say until when this is suspended, and what can be done meanwhile."""
    said = {
        "wait": delays.wait(refusal.until),
        "hour": delays.clock_time(refusal.until),
        "asked": SUSPENDED.get(request.resolver_match.url_name or "", "") if request.resolver_match else "",
        **going_on(request),
    }
    response = render(request, "sign_in/suspended.html", said, status=429)
    response["Retry-After"] = str(max(1, math.ceil((refusal.until - clock.now()).total_seconds())))
    return response


def busy(request: HttpRequest, refusal: Overloaded) -> HttpResponse:
    """Ask to come back in a few seconds."""
    said = {"sentence": refusal.sentence, **going_on(request)}
    response = render(request, "sign_in/busy.html", said, status=503)
    response["Retry-After"] = str(BUSY_SECONDS)
    return response


def going_on(request: HttpRequest, next_address: str = "") -> dict[str, str]:
    """Return for the template where one will go on, as it is (`next`) and at the end of an address (`onward`)."""
    address = next_address or safe_next(request)
    return {"next": address, "onward": onward(address)}


def onward(next_address: str) -> str:
    """Return `?next=…` for an address that leads somewhere else than the portal, or nothing."""
    return "" if next_address == "/" else f"?{urlencode({'next': next_address})}"
