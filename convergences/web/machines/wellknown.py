"""Files that the web expects at fixed addresses."""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static

from convergences.foundations import clock
from convergences.web.entrance.guards import open_to_strangers

_VALID = dt.timedelta(days=180)


@open_to_strangers
def robots(_request: HttpRequest) -> HttpResponse:
    """Ask crawlers to stay out (RFC 9309): nothing here is for the public's searches."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@open_to_strangers
def favicon(_request: HttpRequest) -> HttpResponse:
    """Send browsers that ask for the old address to the icon."""
    return HttpResponsePermanentRedirect(static("icons/favicon.svg"))


@open_to_strangers
def security(_request: HttpRequest) -> HttpResponse:
    """Say where to report a weakness (RFC 9116)."""
    expires = (clock.now() + _VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: mailto:{settings.CONFIGURATION.support_email}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
