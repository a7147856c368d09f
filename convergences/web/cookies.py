"""The cookies that the product sets, each written in one place."""

from django.conf import settings
from django.http import HttpResponseBase

from convergences.authentication.models import Session
from convergences.foundations import clock

# A browser keeps a `__Host-` cookie for this very host over HTTPS: a neighbouring subdomain cannot plant one.
PREFIX = "__Host-" if settings.SECURE else ""
BROWSER_COOKIE = f"{PREFIX}browser"
_BROWSER_AGE = 365 * 24 * 3600


def set_session(response: HttpResponseBase, token: str, session: Session) -> None:
    """Give the browser the token of its session, for as long as the session may live."""
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        token,
        max_age=max(0, int((session.expires_at - clock.now()).total_seconds())),
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def clear_session(response: HttpResponseBase) -> None:
    """Take the session's token back from the browser."""
    response.delete_cookie(settings.SESSION_COOKIE_NAME, path="/", samesite="Lax")


def set_browser(response: HttpResponseBase, token: str) -> None:
    """Remember a browser in which somebody has signed in: it keeps its own count of failed attempts."""
    response.set_cookie(
        BROWSER_COOKIE,
        token,
        max_age=_BROWSER_AGE,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
