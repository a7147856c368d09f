"""Where one goes on after setting up a second step: the address that sent here (`next`), kept from page to page."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from convergences.web.entrance.returning import safe_next


def next_of(request: HttpRequest) -> str:
    """Return the path of ours where one goes on, or nothing."""
    return safe_next(request, default="")


def to(name: str, next_address: str, *args: object) -> str:
    """Return the address of a page of this room, which goes on to the same place."""
    return reverse(f"account:{name}", args=args) + (f"?{urlencode({'next': next_address})}" if next_address else "")
