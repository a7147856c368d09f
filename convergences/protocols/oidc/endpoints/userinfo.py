"""`/oauth/userinfo`: who entered (OpenID Connect Core, section 5.3), for the bearer of a token (RFC 6750)."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convergences.foundations import clock
from convergences.protocols.oidc import claims, queries, standing
from convergences.protocols.oidc.endpoints.machine import LARGEST_FORM, answer
from convergences.protocols.oidc.errors import (
    InsufficientScope,
    InvalidRequest,
    InvalidToken,
    MissingToken,
    OidcRefusal,
)
from convergences.web.guards import open_to_strangers

_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]{1,512}=*")


@csrf_exempt
@open_to_strangers
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Answer the claims that the token's scope asks for and the application's sheet lists."""
    try:
        return answer(_claims_for(_bearer(request)))
    except OidcRefusal as error:
        return _refuse(error)


def _bearer(request: HttpRequest) -> str:
    """Return the token shown, in the header or in a form; never in the address, which logs keep (RFC 9700, 4.3.2)."""
    scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
    shown = [in_header.strip()] if scheme.lower() == "bearer" else []
    if request.method == "POST" and request.content_type == _FORM and len(request.body) <= LARGEST_FORM:
        shown += request.POST.getlist("access_token")
    if not shown:
        raise MissingToken
    if len(shown) > 1:
        raise InvalidRequest("The token is shown more than once")
    if not _TOKEN.fullmatch(shown[0]):
        raise InvalidToken("The access token is invalid")
    return shown[0]


def _claims_for(shown: str) -> dict[str, object]:
    now = clock.now()
    token = queries.access_token(shown)
    if token is None or now >= token.expires_at or token.grant.revoked_at is not None:
        raise InvalidToken("The access token is invalid")
    grant = token.grant
    application = grant.client.application
    entry = standing.of(grant.visit, application, offline=grant.offline, now=now)
    if entry is None:
        raise InvalidToken("The access token is invalid")
    if "openid" not in token.scope.split():
        raise InsufficientScope("The scope openid is required")
    person = claims.Person(entry.membership, entry.roles)
    return {
        "sub": person.agent.subject,
        **claims.released(person, scope=token.scope, application=application),
    }


def _refuse(error: OidcRefusal) -> HttpResponse:
    """Answer by the challenge of RFC 6750, section 3; nothing but the scheme when no token was shown."""
    parts = [f'realm="{settings.BASE_URL}"']
    if error.code:
        parts += [f'error="{error.code}"', f'error_description="{error.description}"']
    body = {"error": error.code, "error_description": error.description} if error.code else {}
    response = answer(body, status=error.status)
    response["WWW-Authenticate"] = f"Bearer {', '.join(parts)}"
    return response
