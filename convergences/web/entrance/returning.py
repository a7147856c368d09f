"""Where to go on: addresses that came from a browser are checked here, and a form's answer may lead to another site.

`continue_to(request, url)` is how a view goes on after a form (signing in, choosing an employer, signing out of an
application) when what follows may end on an application's own address. Our pages say `form-action 'self'`, and Chromium
holds the whole chain of redirections of a form to it: a POST that answers 302 → `/oauth/authorize` → `https://bip/…`
would be stopped at the last step. So the answer is a page of ours that goes on by itself: that is a new navigation, and
no form's. `url` must be trusted: a path given by `safe_next`, or an address registered by an application.
"""

import re
from typing import cast
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from convergences.web.requests import HouseRequest

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST = 4000
_SIGNS = re.compile(r"[\x00-\x20\x7f\\]")  # browsers drop or turn them: « /\evil.example » is another site


def is_safe(url: str) -> bool:
    """Say whether the address is a path of this site: an open redirector would lend our name to anybody's page."""
    return (
        url.startswith("/")
        and not url.startswith("//")
        and len(url) <= _LONGEST
        and not _SIGNS.search(url)
        # Django refuses more than 2048 signs, and a signed request is longer: the query says nothing of the host.
        and url_has_allowed_host_and_scheme(url.partition("?")[0], allowed_hosts=None)
    )


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Return the path asked for by `next`, in the form or else the address; `default` when it is not one of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if is_safe(asked) else default


def page_of(request: HttpRequest) -> str:
    """Return the page before the person's eyes: this address, or the one that sent a form of ours; `/` if unknown."""
    if request.method in SAFE_METHODS:
        path = request.get_full_path()
        return path if is_safe(path) else "/"
    sender = urlsplit(request.META.get("HTTP_REFERER", ""))
    path = f"{sender.path}?{sender.query}" if sender.query else sender.path
    return path if sender.netloc == request.get_host() and is_safe(path) else "/"


def whole_page_to(request: HttpRequest, address: str) -> HttpResponse:
    """Send the whole page to a path of ours; what htmx is sent by a redirection, it would put inside that page."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, headers={"Cache-Control": "no-store"})


def continue_to(request: HttpRequest, url: str) -> HttpResponse:
    """Go on to a trusted address, wherever it leads in the end (see the module)."""
    if request.method in SAFE_METHODS or _stays_here(url):
        return HttpResponseRedirect(url)
    response = render(request, "web/continue.html", {"url": url, "agent": cast("HouseRequest", request).agent})
    response["Cache-Control"] = "no-store"
    return response


def _stays_here(url: str) -> bool:
    """Say whether the address is a page that never redirects to another site."""
    path = urlsplit(url).path if is_safe(url) else ""
    return path == reverse("home:portal") or path.startswith(reverse("account:directory"))
