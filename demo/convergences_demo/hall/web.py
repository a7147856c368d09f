"""What an application of the hall is made of: its addresses, its pages, and who may see them."""

import mimetypes
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.template import Context, Engine

from convergences_demo.hall.place import Place
from convergences_demo.hall.sessions import Person, Session, Sessions, Ways

APPLICATIONS = Path(__file__).parents[1]
LARGEST = 512 * 1024
_METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to one application."""

    http: WSGIRequest
    site: "Site"
    token: str
    session: Session | None

    @property
    def person(self) -> Person | None:
        """Who came, if anybody."""
        return self.session.person if self.session else None

    @property
    def path(self) -> str:
        """The page asked for, as this site's own path."""
        return str(self.http.get_full_path())

    def cookie(self, name: str) -> str:
        """Return a cookie of this application."""
        return str(self.http.COOKIES.get(f"{self.site.place.key}_{name}", ""))


View = Callable[[Asked], HttpResponse]


@dataclass(frozen=True, slots=True)
class Route:
    """An address: who answers it, and how. `for_whoever_came`: the others are sent to the portal first."""

    view: View
    methods: tuple[str, ...] = ("GET", "HEAD")
    for_whoever_came: bool = False


class Site:
    """One application: a WSGI callable. `way_in` sends a browser to the portal, to come back to the page asked for."""

    def __init__(self, place: Place, routes: Mapping[str, Route], way_in: View, words: Mapping[str, Any]) -> None:
        self.place = place
        self.sessions = Sessions()
        self.ways = Ways()
        self._routes = {"/healthz": Route(_healthz), "/connexion": Route(way_in), **COMMON, **routes}
        self._way_in = way_in
        self._words = dict(words)
        folders = [APPLICATIONS / key / "templates" for key in (place.key, "hall")]
        self._engine = Engine(dirs=[str(folder) for folder in folders], autoescape=True)
        self._files = {name: content for key in ("hall", place.key) for name, content in _files(key)}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        response = self._answer(environ)
        for name, value in self._headers().items():
            response.headers.setdefault(name, value)
        start_response(
            f"{response.status_code} {response.reason_phrase}",
            [*response.items(), *(("Set-Cookie", cookie.OutputString()) for cookie in response.cookies.values())],
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.content]

    def page(self, asked: Asked, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Answer one of the application's own pages; the hall has those that all need."""
        person = asked.person
        labels = self._words["roles"]
        known = {
            "person": person, "session": asked.session, "portal": self.place.portal, "key": self.place.key,
            "app": self.place.name, "here": asked.http.path, "words": self._words,
            "role_names": [labels.get(role, role) for role in person.roles] if person else [],
        }  # fmt: skip
        own = APPLICATIONS / self.place.key / "templates" / self.place.key / f"{name}.html"
        folder = self.place.key if own.is_file() else "hall"
        text = self._engine.get_template(f"{folder}/{name}.html").render(Context({**known, **context}))
        return HttpResponse(text, status=status)

    def welcome(self, session: Session, back_to: str) -> HttpResponse:
        """Open a session, and go on to the page that was wanted."""
        response = HttpResponseRedirect(back_to if is_own_path(back_to) else "/")
        self._keep(response, "session", self.sessions.open(session))
        response.delete_cookie(f"{self.place.key}_way")
        return response

    def note(self, response: HttpResponse, name: str, back_to: str) -> HttpResponse:
        """Note under which name a browser leaves with this answer, and which page it wanted."""
        self.ways.set_out(name, back_to if is_own_path(back_to) else "/")
        self._keep(response, "way", name)
        return response

    def known(self, request: WSGIRequest) -> tuple[str, Session | None]:
        """Return what a browser's cookie holds, and its session."""
        token = str(request.COOKIES.get(f"{self.place.key}_session", ""))
        return token, self.sessions.find(token)

    def _keep(self, response: HttpResponse, name: str, value: str) -> None:
        # Cookies do not tell the ports of one host apart: the name does.
        response.set_cookie(f"{self.place.key}_{name}", value, httponly=True, samesite="Lax")

    def _answer(self, environ: dict[str, Any]) -> HttpResponse:
        request = WSGIRequest(environ)
        asked = Asked(request, self, *self.known(request))
        if environ.get("HTTP_HOST", "") != urlsplit(self.place.base_url).netloc:
            return HttpResponse("Rien à cette adresse.\n", status=421, content_type="text/plain; charset=utf-8")
        if request.path in self._files and request.method in _METHODS[:2]:
            return self._file(request.path)
        try:
            return self._routed(asked)
        except (BadRequest, SuspiciousOperation, ValueError):
            return self.page(asked, "failed", status=400, reason="demande illisible")

    def _routed(self, asked: Asked) -> HttpResponse:
        route = self._routes.get(asked.http.path)
        if route is None:
            return self.page(asked, "not_found", status=404)
        if asked.http.method not in route.methods:
            return HttpResponse(status=405, headers={"Allow": ", ".join(route.methods)})
        if int(asked.http.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            return HttpResponse(status=413)
        if route.for_whoever_came and asked.session is None:
            return self._way_in(asked)
        return route.view(asked)

    def _file(self, path: str) -> HttpResponse:
        kind, content = self._files[path]
        return HttpResponse(content, content_type=kind, headers={"Cache-Control": "max-age=300"})

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'none'; form-action 'self' {self.place.portal}",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
        }


def is_own_path(path: str) -> bool:
    """Say whether an address is a path of this very site: `//elsewhere` and `/\\elsewhere` are not."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()


def fresh_name() -> str:
    """Return a name that nobody guesses."""
    return secrets.token_urlsafe(24)


def in_seconds(seconds: float) -> float:
    """Return that moment."""
    return time.time() + seconds


def form_is_ours(asked: Asked) -> bool:
    """Say whether a form was sent from a page of this session."""
    given = str(asked.http.POST.get("form", ""))
    return asked.session is not None and secrets.compare_digest(given.encode(), asked.session.form.encode())


def _healthz(_asked: Asked) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def _my_access(asked: Asked) -> HttpResponse:
    return asked.site.page(asked, "my_access")


def _goodbye(asked: Asked) -> HttpResponse:
    if asked.session is not None:
        return HttpResponseRedirect("/")
    return asked.site.page(asked, "goodbye")


COMMON = {
    "/mes-acces": Route(_my_access, for_whoever_came=True),
    "/au-revoir": Route(_goodbye),
}


def _files(key: str) -> Iterable[tuple[str, tuple[str, bytes]]]:
    for path in (APPLICATIONS / key / "static").iterdir():
        kind = mimetypes.guess_type(path.name)[0]
        yield f"/static/{path.name}", (f"{kind}; charset=utf-8", path.read_bytes())
