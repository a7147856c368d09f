"""An application's settings: a small Django of its own, with no database."""

import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from whitenoise import WhiteNoise

from convergences_demo.house import configuration
from convergences_demo.house.configuration import Configuration

APPLICATIONS = Path(__file__).parents[1]


def build(chosen: Configuration) -> WhiteNoise:
    """Configure Django for this process and return the WSGI application."""
    # Refusals are answers here, not incidents for the demo's terminal.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    configuration.use(chosen)
    settings.configure(**_settings(chosen))
    django.setup()
    return WhiteNoise(WSGIHandler(), root=APPLICATIONS / chosen.application.key / "static", prefix="static/")


def _settings(chosen: Configuration) -> dict[str, Any]:
    secure = chosen.base_url.startswith("https://")
    key = chosen.application.key
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DEBUG": False,
        "ALLOWED_HOSTS": [urlsplit(chosen.base_url).hostname or chosen.host],
        "ROOT_URLCONF": f"convergences_demo.{key}.urls",
        "MIDDLEWARE": [
            "convergences_demo.house.project.headers",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [APPLICATIONS / key / "templates"],
                "OPTIONS": {"context_processors": [f"convergences_demo.{key}.views.common"]},
            }
        ],
        # Tokens stay in this process: a cookie holds only the session's name, and another name than the portal's,
        # for cookies do not tell the ports of one host apart.
        "SESSION_ENGINE": "django.contrib.sessions.backends.cache",
        "SESSION_COOKIE_NAME": f"{key}_session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_USE_SESSIONS": True,
        "CSRF_FAILURE_VIEW": "convergences_demo.house.doors.stale_form",
        "LANGUAGE_CODE": "fr",
        "TIME_ZONE": "Europe/Paris",
        "USE_TZ": True,
        "LOGGING_CONFIG": None,
    }


def headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Add the headers that protect pages; the portal is where the sign-out form ends up."""
    chosen = configuration.in_use()
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {chosen.issuer}"
    )

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = policy
        response["X-Content-Type-Options"] = "nosniff"
        # Not « no-referrer »: browsers would then post forms with `Origin: null`, which is nobody's.
        response["Referrer-Policy"] = "same-origin"
        response.setdefault("Cache-Control", "no-store")
        return response

    return middleware
