"""After a sign-out: which applications know of it. A signed cookie says whose sign-out, never the address.

Applications that must be told by the browser itself (front-channel logout) are loaded in frames of that page; each
protocol's room names its own by `settings.FRONT_CHANNELS`. Those that must be visited by the browser, one after the
other, come before (`first_stop`): each protocol's room says where by `settings.LOGOUT_TOURS`, and ends at that page.
"""

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from convergences.admission.queries import FarewellState, farewells
from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.web.serving import cookies

COOKIE = f"{cookies.PREFIX}farewell"
LIFETIME = 120
# Longer than a worker needs; then the page says what it knows, and rests.
WATCHED_SECONDS = 30
ROUND_SECONDS = 3
_SALT = "convergences.farewell"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Whose sign-out this browser made, when, where it goes on, and whether frames were shown already."""

    session: uuid.UUID
    at: float
    back: str = ""
    framed: bool = False


def frames(session_uid: uuid.UUID) -> dict[int, str]:
    """Return, by application, the addresses that the browser loads so that the applications forget this session."""
    found: dict[int, str] = {}
    for name in settings.FRONT_CHANNELS:
        found.update(import_string(name)(session_uid))
    return found


def first_stop(session_uid: uuid.UUID) -> str:
    """Return the path of ours where the browser of a session that is over goes first, or nothing."""
    stops = (import_string(name)(session_uid) for name in settings.LOGOUT_TOURS)
    return next((stop for stop in stops if stop), "")


def give(response: HttpResponse, session: Session, *, back: str = "") -> None:
    """Give the browser the receipt of its sign-out; `back` must be trusted."""
    _set(response, Receipt(session.uid, clock.now().timestamp(), back))


def read(request: HttpRequest) -> Receipt | None:
    """Return the receipt that this browser holds, or None when it has none, altered or old."""
    try:
        held = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LIFETIME)
        return Receipt(uuid.UUID(held["session"]), float(held["at"]), str(held["back"]), bool(held["framed"]))
    except (signing.BadSignature, KeyError, ValueError):
        return None


def context(receipt: Receipt | None) -> dict[str, Any]:
    """Return what the page of the end shows: its lines, its frames, where and when it goes on by itself."""
    if receipt is None:
        return {}
    by_browser = frames(receipt.session)
    lines = [
        {"application": line.application, "state": _word(line.state, line.application.pk in by_browser)}
        for line in farewells(receipt.session)
    ]
    watched = clock.now().timestamp() - receipt.at < WATCHED_SECONDS
    waiting = watched and any(line["state"] == FarewellState.WAITING for line in lines)
    return {
        "lines": lines,
        "frames": [] if receipt.framed else list(by_browser.values()),
        "back": receipt.back,
        "round": ROUND_SECONDS if waiting else 0,
    }


def _word(state: FarewellState, by_browser: bool) -> str:  # noqa: FBT001 - two facts, one word
    return "asked" if state == FarewellState.UNTOLD and by_browser else state.value


def show_frames(response: HttpResponse, receipt: Receipt, addresses: list[str]) -> None:
    """Let this very page load these addresses, once: another round would tell the applications again."""
    origins = sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses)})
    response._csp_update = {"frame-src": origins}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's way
    _set(response, Receipt(receipt.session, receipt.at, receipt.back, framed=True))


def _set(response: HttpResponse, receipt: Receipt) -> None:
    held = {"session": str(receipt.session), "at": receipt.at, "back": receipt.back, "framed": receipt.framed}
    cookies.keep(response, COOKIE, signing.dumps(held, salt=_SALT), seconds=LIFETIME)
