"""Endpoints that machines call all day, answered before Django's own machinery (`project.dispatching`).

A room lists its `Route`s. A handler is told of an ordinary request only: host allowed, sent by no page of another site,
short, in none of our maintenances. It answers, or returns None, and then Django does, whose view stays the reference.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve
from django.utils.functional import cached_property

from convergences.web.entrance.guards import is_open
from convergences.web.header import Header
from convergences.web.requests import HouseRequest

LARGEST_BODY = 16_384
View = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Asking:
    """An ordinary request. `environ` is WSGI's own (PEP 3333), its addresses and scheme settled (`serving.proxies`)."""

    environ: dict[str, Any]
    reference: str
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header by its WSGI name, or nothing."""
        return str(self.environ.get(name, ""))


class Answer(NamedTuple):
    """What is answered. What every answer bears (security, length, reference) is added by the dispatcher."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reason: str = ""

    @classmethod
    def of(cls, response: HttpResponse) -> "Answer":
        """Return what a Django response says."""
        cookies = tuple(("Set-Cookie", morsel.OutputString()) for morsel in response.cookies.values())
        return cls(response.status_code, (*response.items(), *cookies), response.content, response.reason_phrase)


@dataclass(frozen=True, slots=True)
class Route:
    """One address, to the letter. `view` is its name in the figures; `cookies`: a request that has some is taken too.

    A browser's cookies change what Django would answer: an endpoint of machines leaves such a request to it.
    `elsewhere` tells which hosts that are not the portal's this very address answers at too; Django refuses them all.
    `quiet`: a read that changes nothing and went well is counted, and has no line in the log, which would only say that
    applications are at work; a refusal has one.
    """

    path: str
    view: str
    methods: frozenset[str]
    handler: Callable[[Asking], Answer | None]
    cookies: bool = False
    elsewhere: Callable[[str], bool] | None = None
    quiet: bool = False


class Short:
    """A Django view without middlewares: a handler like another.

    They ask who may enter and whether a form is ours: only a view of machines, open to strangers and exempt from the
    CSRF token, may do without them. Whether a GET writes is not watched.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, asking: Asking) -> Answer:
        """Answer as the view does, errors too: Django makes the same pages of them."""
        request = cast("HouseRequest", WSGIRequest(asking.environ))
        request.reference = asking.reference
        request.current, request.agent, request.header = None, None, Header(None)
        request.resolver_match = self._match
        return Answer.of(self._guarded(request))

    @cached_property
    def _match(self) -> ResolverMatch:
        return resolve(self.path)

    @cached_property
    def _guarded(self) -> View:
        view = self._match.func
        if not (is_open(view) and getattr(view, "csrf_exempt", False)):
            raise ImproperlyConfigured(f"{self.path} cannot do without the middlewares that guard it")
        return cast("View", convert_exception_to_response(view))
