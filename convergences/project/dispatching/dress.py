"""What every answer bears: the headers of security, as Django's own middlewares write them."""

import io
from functools import lru_cache

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

# Those of `settings.MIDDLEWARE` that only dress an answer, and dress all answers the same.
DRESSERS = (
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)


def _bare(_request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    del response.headers["Content-Type"]
    return response


@lru_cache(maxsize=128)
def beside(said: tuple[str, ...], *, secure: bool) -> tuple[tuple[str, str], ...]:
    """Return those that Django gives to an answer which says these itself."""
    names = {name.lower() for name in said}
    return tuple(each for each in headers(secure=secure).items() if each[0].lower() not in names)


@lru_cache(maxsize=2)
def headers(*, secure: bool) -> dict[str, str]:
    """Return the headers that Django gives an answer which says nothing of them itself, over HTTPS or not."""
    scheme = "https" if secure else "http"
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.url_scheme": scheme, "wsgi.input": io.BytesIO()}
    chain = _bare
    for name in reversed(DRESSERS):
        chain = import_string(name)(chain)
    return dict(chain(WSGIRequest(environ)).items())


def forget() -> None:
    """Ask the middlewares again at the next answer: settings have changed (tests)."""
    headers.cache_clear()
    beside.cache_clear()
