"""What happens around every view, in the order of `settings.MIDDLEWARE`."""

import secrets
import time
from collections.abc import Callable
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from convergences.authentication.services import sessions
from convergences.web import errors
from convergences.web.entrance.guards import is_open, largest_body, may_write_on_get
from convergences.web.entrance.returning import SAFE_METHODS, page_of, whole_page_to
from convergences.web.header import Header
from convergences.web.machines import metrics
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies, proxies

log = structlog.get_logger("convergences.web")

GetResponse = Callable[[HttpRequest], HttpResponseBase]
UNWATCHED = ("/healthz", "/readyz", "/metrics", "/static/")
ALWAYS_ANSWERED = ("/healthz", "/readyz", "/metrics")
LONGEST_LENGTH = 12  # digits: int() of thousands of them takes its time
READING = frozenset(
    {"SELECT", "WITH", "EXPLAIN", "SHOW", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"}
)


class WriteDuringReadError(RuntimeError):
    """A GET tried to write: a link, a prefetch or an image in a mail would have changed something."""


def behind_proxies(get_response: GetResponse) -> GetResponse:
    """Give the request its real address; forget what an untrusted peer claims to forward."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        proxies.settle(request.META, settings.CONFIGURATION.trusted_proxies)
        return get_response(request)

    return middleware


def reference(get_response: GetResponse) -> GetResponse:
    """Name the request: the same short reference in its logs, its answer and its error page. Count and time it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        house = cast("HouseRequest", request)
        house.reference = new_reference()
        house.current, house.agent, house.header = None, None, Header(None)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(reference=house.reference):
            response = get_response(request)
            seconds = time.perf_counter() - started
            if not request.path_info.startswith(UNWATCHED):
                _tell(house, response, seconds)
        response["X-Reference"] = house.reference
        return response

    return middleware


def new_reference() -> str:
    """Return a short name for a request, easy to say on the telephone."""
    drawn = secrets.token_hex(4)
    return f"{drawn[:4]}-{drawn[4:]}"


def _tell(request: HouseRequest, response: HttpResponseBase, seconds: float) -> None:
    view = request.resolver_match.view_name if request.resolver_match else "none"
    metrics.count(view, str(request.method), response.status_code, seconds)
    # The path alone: a query string may hold a code, a token or somebody's name.
    tell(str(request.method), request.path_info, response.status_code, seconds)


def tell(method: str, path: str, status: int, seconds: float) -> None:
    """Write the line of a request in the log."""
    log.info("request", method=method, path=path, status=status, ms=round(seconds * 1000, 1))


def maintenance(get_response: GetResponse) -> GetResponse:
    """Answer 503 with the hour of return while `MAINTENANCE_UNTIL` is set."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        until = settings.CONFIGURATION.maintenance_until
        if until and not request.path_info.startswith(ALWAYS_ANSWERED):
            return errors.unavailable(request, until)
        return get_response(request)

    return middleware


def bounded_bodies(get_response: GetResponse) -> GetResponse:
    """Refuse a body too large before reading it: Django bounds fields, not files. Dress bare refusals as pages.

    A length that is no plain number is refused too: Django would read `+99999999` as one.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit() and len(length) <= LONGEST_LENGTH):
            return errors.bad_request(request)
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and int(length) > _largest_here(request):
            return errors.too_large(request)
        response = get_response(request)
        bare = isinstance(response, HttpResponse) and not response.content
        if response.status_code == 405 and bare and "text/html" in request.headers.get("Accept", ""):  # noqa: PLR2004
            return errors.method_not_allowed(request, response["Allow"])
        return response

    return middleware


def _largest_here(request: HttpRequest) -> int:
    """Return how large a body this address may receive beyond the usual: from correspondants who are signed in, or 0.

    The session is found here, before the check against forged forms, which reads the body.
    """
    try:
        most = largest_body(resolve(request.path_info).func)
    except Resolver404:
        return 0
    token = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    session = sessions.find(token) if most and token and request.method == "POST" else None
    return most if session is not None and Header(session.agent).is_correspondent else 0


def current_session(get_response: GetResponse) -> GetResponse:
    """Find who is signed in, in one query; keep signed-in pages out of every cache."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        house = cast("HouseRequest", request)
        token = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        house.current = sessions.find(token) if token else None
        if house.current is not None:
            sessions.touch(house.current)
            house.agent = house.current.agent
        house.header = Header(house.agent)
        response = get_response(request)
        if house.agent is not None and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        if token and house.current is None and settings.SESSION_COOKIE_NAME not in response.cookies:
            cookies.clear_session(response)
        return response

    return middleware


class ClosedByDefault:
    """Send somebody who is not signed in to sign in, from every view that is not open to strangers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on: the decision needs the view, see `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: list[Any], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let through, or answer with the way to sign in and come back."""
        if cast("HouseRequest", request).agent is not None or is_open(view):
            return None
        # A dead cookie: somebody was at work here, and is told what happened rather than asked who they are.
        had_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        door = reverse("sign_in:session_over" if had_session else "sign_in:login")
        address = f"{door}?{urlencode({'next': page_of(request)})}"
        return whole_page_to(request, address)


class ReadsDoNotWrite:
    """Refuse every write to the database while a GET or a HEAD is answered (`guards.writes_on_get` excepted)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer under a watch of every statement; a view that may write lifts it."""
        if request.method not in SAFE_METHODS:
            return self.get_response(request)
        with connection.execute_wrapper(_Watch(request)):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: list[Any], _kwargs: dict[str, Any]
    ) -> None:
        """Remember whether this view may write."""
        request.META["convergences.may_write"] = may_write_on_get(view)


class _Watch:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if not self.request.META.get("convergences.may_write") and sql.split(None, 1)[0].upper() not in READING:
            raise WriteDuringReadError(f"{self.request.method} {self.request.path_info} writes: {sql[:120]}")
        return execute(sql, params, many, context)


closed_by_default = ClosedByDefault
reads_do_not_write = ReadsDoNotWrite
