"""Whose pages may read our answers from a browser (the Fetch standard's CORS protocol).

Documents are for anybody. Endpoints answer the pages of public clients alone, known by the origins of their redirection
addresses, and never with cookies: what counts there is what the page itself shows. All others answer no page at all.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from convergences.protocols.oidc import dpop
from convergences.protocols.oidc.models import BrowserOrigin

View = Callable[[HttpRequest], HttpResponse]
KEPT_SECONDS = 300  # short: a browser goes on believing what it read for as long
LONGEST = 300  # a scheme, the 253 signs of a host, a port
ASKED_BY_PAGES = "Authorization, Content-Type, DPoP"
READ_BY_PAGES = f"{dpop.NONCE_HEADER}, WWW-Authenticate"
_USUAL_PORTS = {"https": 443, "http": 80}


def origin_of(uri: str) -> str:
    """Return the origin of a registered address as browsers write it (RFC 6454, section 6.2)."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def for_anybody(view: View) -> View:
    """Let any page read the answers of a view: they are public, and the same for everybody."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        response = _allowing("GET, HEAD") if _is_preflight(request) else view(request)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return opened


def for_public_clients(*methods: str) -> Callable[[Any], View]:
    """Let the pages of public clients read the answers of a view, refusals too, and no other page.

    `methods` are those that the view answers.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            asking = _is_preflight(request)
            response = HttpResponse(status=204) if asking else view(request)
            patch_vary_headers(response, ["Origin"])
            origin = request.META.get("HTTP_ORIGIN", "")
            if origin and _is_known(origin):
                response["Access-Control-Allow-Origin"] = origin
                if asking:
                    _allow(response, ", ".join(methods), headers=ASKED_BY_PAGES)
                else:
                    response["Access-Control-Expose-Headers"] = READ_BY_PAGES
            return response

        return guarded

    return decorate


def _is_preflight(request: HttpRequest) -> bool:
    asks = "HTTP_ORIGIN" in request.META and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
    return request.method == "OPTIONS" and asks


def _allowing(methods: str) -> HttpResponse:
    response = HttpResponse(status=204)
    _allow(response, methods)
    return response


def _allow(response: HttpResponse, methods: str, *, headers: str = "") -> None:
    response["Access-Control-Allow-Methods"] = methods
    if headers:
        response["Access-Control-Allow-Headers"] = headers
    response["Access-Control-Max-Age"] = str(KEPT_SECONDS)


def _is_known(origin: str) -> bool:
    """Tell whether an origin is of a public client: one read by index, whatever the number of clients."""
    if len(origin) > LONGEST or not origin.isprintable():
        return False
    return BrowserOrigin.objects.filter(origin=origin).exists()
