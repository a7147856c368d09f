"""What every page of this room has in common: open to strangers who bring an entrance, in no cache and no index."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from convergences.campaigns.errors import DeadLink
from convergences.campaigns.models import Invitation
from convergences.pages.designation import keeping
from convergences.pages.designation.keeping import Entrance
from convergences.web.entrance.guards import open_to_strangers
from convergences.web.requests import HouseRequest


class AnsweringRequest(HouseRequest):
    """A request of somebody who came in by a link or a letter that is still good."""

    entrance: Entrance
    invitation: Invitation


Inner = Callable[[AnsweringRequest], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def page(*methods: str) -> Callable[[Callable[[Any], HttpResponseBase]], View]:
    """Make a page of this room, open to everybody."""

    def decorate(view: Callable[[Any], HttpResponseBase]) -> View:
        @require_http_methods(list(methods))
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponseBase:
            response = view(request)
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return open_to_strangers(guarded)

    return decorate


def inner_page(*methods: str) -> Callable[[Inner], View]:
    """Make a page of this room for who brings a living entrance; others are asked for one, or told it is dead."""

    def decorate(view: Inner) -> View:
        @wraps(view)
        def entered(request: AnsweringRequest) -> HttpResponseBase:
            entrance = keeping.brought(request)
            if entrance is None:
                return redirect("designation:letter")
            try:
                request.invitation = keeping.invitation_of(entrance)
            except DeadLink as refusal:
                return dead(request, refusal)
            request.entrance = entrance
            return view(request)

        return page(*methods)(entered)

    return decorate


def dead(request: HttpRequest, refusal: DeadLink) -> HttpResponse:
    """Say that what was brought opens nothing, and how to come in otherwise."""
    response = render(request, "designation/dead.html", {"sentence": refusal.sentence}, status=410)
    response["Referrer-Policy"] = "no-referrer"
    keeping.forget(response)
    return response
