"""A token shown in a header, and the challenge that answers when it does not do (RFC 6750, sections 2.1 and 3)."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc.endpoints.machine import answer
from convergences.protocols.oidc.errors import InvalidToken, MissingToken, OidcRefusal

_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]{1,512}=*")


def shown(request: HttpRequest) -> str:
    """Return the token of the header, the only place where it counts; raises `MissingToken`, `InvalidToken`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise MissingToken
    if not _TOKEN.fullmatch(token.strip()):
        raise InvalidToken("The token is invalid")
    return token.strip()


def challenge(error: OidcRefusal) -> HttpResponse:
    """Answer a refusal of the token; nothing but the scheme when none was shown."""
    parts = [f'realm="{settings.BASE_URL}"']
    if error.code:
        parts += [f'error="{error.code}"', f'error_description="{error.description}"']
    body = {"error": error.code, "error_description": error.description} if error.code else {}
    response = answer(body, status=error.status)
    response["WWW-Authenticate"] = f"Bearer {', '.join(parts)}"
    return response
