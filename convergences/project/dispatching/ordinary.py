"""Is a request one of those that a hot handler may answer? Each doubt leaves it to Django."""

import io
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from convergences.project.dispatching import charset
from convergences.web.machines.hot import LARGEST_BODY, Route


def is_ordinary(environ: dict[str, Any], route: Route) -> bool:
    """Tell whether nothing in this request calls for more than the route's handler.

    Another method, a host that is not ours, a page of another site, cookies where none count, a body that is long or of
    unknown length, other characters than UTF-8, a maintenance: Django has an answer for each.
    """
    return (
        environ["REQUEST_METHOD"] in route.methods
        and not environ.get("SCRIPT_NAME")
        and "HTTP_ORIGIN" not in environ
        and (route.cookies or "HTTP_COOKIE" not in environ)
        and not settings.CONFIGURATION.maintenance_until
        and _is_for_us(environ.get("HTTP_HOST", ""), route)
        and _length(environ) is not None
        and charset.is_ours(environ.get("CONTENT_TYPE", ""))
    )


def body(environ: dict[str, Any]) -> bytes:
    """Return the body, and leave it to be read again."""
    length = _length(environ)
    if not length:
        return b""
    content: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(content)
    return content


def is_secure(environ: dict[str, Any]) -> bool:
    """Tell whether the browser speaks HTTPS, as `HttpRequest.is_secure` would (`environ` is settled)."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        said = environ.get(name)
        if said is not None:
            return bool(said.split(",", 1)[0].strip() == secure)
    return bool(environ.get("wsgi.url_scheme") == "https")


def _is_for_us(host: str, route: Route) -> bool:
    return _is_ours(host, tuple(settings.ALLOWED_HOSTS)) or (route.elsewhere is not None and route.elsewhere(host))


@lru_cache(maxsize=256)
def _is_ours(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def _length(environ: dict[str, Any]) -> int | None:
    """Return the length of the body when it is known and short; None otherwise."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    said = environ.get("CONTENT_LENGTH") or "0"
    if not said.isascii() or not said.isdigit() or len(said) > len(str(LARGEST_BODY)):
        return None
    return int(said) if int(said) <= LARGEST_BODY else None
