"""Chooses, by the exact path, who answers: a hot handler, or Django."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from http.client import responses
from typing import Any

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.module_loading import import_string

from convergences.project.dispatching import charset, dress
from convergences.project.dispatching.ordinary import body, is_ordinary, is_secure
from convergences.web.machines import metrics
from convergences.web.machines.hot import Answer, Asking, Route
from convergences.web.middleware import new_reference, tell
from convergences.web.serving import proxies

log = structlog.get_logger("convergences.project")

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Dispatcher:
    """A WSGI application in front of another, which answers all that the routes do not."""

    def __init__(self, django: Wsgi, routes: Sequence[Route]) -> None:
        self.django = _of_our_characters(django)
        self.routes = {route.path: route for route in routes}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer one request."""
        route = self.routes.get(environ.get("PATH_INFO", ""))
        if route is None or not is_ordinary(environ, route):
            return self.django(environ, start_response)
        content = body(environ)
        settled = dict(environ)  # Django settles it again, should the request be left to it
        proxies.settle(settled, settings.CONFIGURATION.trusted_proxies)
        asking = Asking(settled, new_reference(), content)
        answer = self._answered(route, asking)
        if answer is None:
            return self.django(environ, start_response)
        _send(answer, asking, start_response)
        return [answer.body]

    def _answered(self, route: Route, asking: Asking) -> Answer | None:
        started = time.perf_counter()
        bound = structlog.contextvars.bind_contextvars(reference=asking.reference)
        try:
            answer = _handled(route, asking)
            if answer is not None:
                _count(route, asking, answer.status, time.perf_counter() - started)
        finally:
            structlog.contextvars.reset_contextvars(**bound)
        return answer


def routes() -> list[Route]:
    """Return the routes of every room that has some (`settings.HOT_ROUTES`)."""
    return [route for name in settings.HOT_ROUTES for route in import_string(name)]


def _count(route: Route, asking: Asking, status: int, seconds: float) -> None:
    method = asking.environ["REQUEST_METHOD"]
    metrics.count(route.view, method, status, seconds)
    if not route.quiet or status >= HTTPStatus.BAD_REQUEST:
        tell(method, route.path, status, seconds)


def _handled(route: Route, asking: Asking) -> Answer | None:
    # Django does both by signals of its own requests, which are not sent here. A process has one database.
    here = connections[DEFAULT_DB_ALIAS]
    here.queries_log.clear()
    here.close_if_unusable_or_obsolete()
    try:
        return route.handler(asking)
    except Exception:
        log.exception("a hot handler failed", path=route.path)
        return _failure(asking.reference)
    finally:
        here.close_if_unusable_or_obsolete()


def _of_our_characters(django: Wsgi) -> Wsgi:
    """Return Django, told only of requests that it can read: it reads their type before any of its middlewares."""

    def guarded(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if charset.is_ours(environ.get("CONTENT_TYPE", "")):
            return django(environ, start_response)
        _send(charset.REFUSAL, Asking(environ, new_reference()), start_response)
        return [charset.REFUSAL.body]

    return guarded


def _failure(reference: str) -> Answer:
    """Answer 500 to a machine: nothing of what failed, but the reference under which the log has it."""
    content = json.dumps({"error": "server_error", "reference": reference}).encode()
    return Answer(500, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), content)


def _send(answer: Answer, asking: Asking, start_response: Start) -> None:
    said = tuple([name for name, _value in answer.headers])
    given = dress.beside(said, secure=is_secure(asking.environ))
    own = () if "Content-Length" in said else (("Content-Length", str(len(answer.body))),)
    reason = answer.reason or responses.get(answer.status, "")
    start_response(f"{answer.status} {reason}", [*answer.headers, *given, *own, ("X-Reference", asking.reference)])
