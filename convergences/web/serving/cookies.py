"""The cookies that the product sets. `keep` writes each: for this host, over HTTPS, out of the reach of scripts."""

from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token

from convergences.authentication.models import Session
from convergences.authentication.services import devices
from convergences.authentication.services.opening import SignedIn
from convergences.foundations import clock

# A browser keeps a `__Host-` cookie for this very host over HTTPS: a neighbouring subdomain cannot plant one.
PREFIX = "__Host-" if settings.SECURE else ""
BROWSER_COOKIE = f"{PREFIX}browser"
DEVICE_COOKIE = f"{PREFIX}device"
_BROWSER_SECONDS = 365 * 24 * 3600


def keep(
    response: HttpResponseBase, name: str, value: str, *, seconds: int, samesite: Literal["Lax", "Strict"] = "Lax"
) -> None:
    """Give the browser a cookie to keep for so long. `Lax`: it comes back when a link of another site is followed."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=samesite,
    )


def give(request: HttpRequest, response: HttpResponseBase, signed_in: SignedIn) -> None:
    """Give the browser its session and what it is known by; the forms of before are worth nothing now."""
    set_session(response, signed_in.token, signed_in.session)
    if signed_in.known_browser_token:
        set_browser(response, signed_in.known_browser_token)
    if signed_in.device_token:
        set_device(response, signed_in.device_token)
    rotate_token(request)


def set_session(response: HttpResponseBase, token: str, session: Session) -> None:
    """Give the browser the token of its session, for as long as the session may live."""
    left = max(0, int((session.expires_at - clock.now()).total_seconds()))
    keep(response, settings.SESSION_COOKIE_NAME, token, seconds=left)


def clear_session(response: HttpResponseBase) -> None:
    """Take the session's token back from the browser."""
    response.delete_cookie(settings.SESSION_COOKIE_NAME, path="/", samesite="Lax")


def set_browser(response: HttpResponseBase, token: str) -> None:
    """Remember a browser in which somebody has signed in: it keeps its own count of failed attempts."""
    keep(response, BROWSER_COOKIE, token, seconds=_BROWSER_SECONDS, samesite="Strict")


def known_browser(request: HttpRequest) -> str:
    """Return the token of a browser in which somebody has signed in, or nothing."""
    return request.COOKIES.get(BROWSER_COOKIE, "")


def set_device(response: HttpResponseBase, token: str) -> None:
    """Trust a browser in which a second step was made, for as long as the device is remembered.

    `Strict`: it is read where the password is sent, from a page of ours, however one came to that page.
    """
    keep(response, DEVICE_COOKIE, token, seconds=int(devices.LASTS.total_seconds()), samesite="Strict")
