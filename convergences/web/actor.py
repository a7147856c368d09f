"""Who acts, from which browser: the domain is told, and never reads a request."""

from typing import cast

from django.http import HttpRequest

from convergences.audit.services import Actor
from convergences.authentication.browsers import Browser, acting, stranger
from convergences.web.requests import HouseRequest
from convergences.web.wording.browsers import browser_name


def browser_of(request: HttpRequest) -> Browser:
    """Return where the request comes from; the address is the real one behind a trusted proxy (`serving.proxies`)."""
    return Browser(
        address=request.META.get("REMOTE_ADDR") or "", name=browser_name(request.META.get("HTTP_USER_AGENT", ""))
    )


def actor_of(request: HttpRequest) -> Actor:
    """Return the journal's actor: the signed-in agent, or a visitor who has proved nothing."""
    agent = cast("HouseRequest", request).agent
    browser = browser_of(request)
    return acting(agent, browser) if agent else stranger(browser)
