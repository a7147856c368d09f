"""`/oauth/userinfo`: who entered (OpenID Connect Core, section 5.3), for the bearer of a token (RFC 6750)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convergences.foundations import clock
from convergences.protocols.oidc import claims, cors, dpop, jose, queries, standing, subjects
from convergences.protocols.oidc.endpoints import bearer
from convergences.protocols.oidc.endpoints.machine import LARGEST_FORM, answer
from convergences.protocols.oidc.errors import (
    InsufficientScope,
    InvalidRequest,
    InvalidToken,
    MissingToken,
    OidcRefusal,
)
from convergences.protocols.oidc.models import Client
from convergences.web.entrance.guards import open_to_strangers, writes_on_get

_FORM = "application/x-www-form-urlencoded"


@cors.for_public_clients("GET", "POST")
@csrf_exempt
@open_to_strangers
@writes_on_get("a proof of possession is remembered, so that it is good once")
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Answer the claims that the token's scope asks for and the application's sheet lists."""
    try:
        shown = _shown(request)
        key = dpop.proved_key(request, access_token=shown.token) if shown.with_proof else ""
        response = _answer(*claims_for(shown, key))
    except OidcRefusal as error:
        return bearer.challenge(error)
    if key:
        response[dpop.NONCE_HEADER] = dpop.nonce()
    return response


@dataclass(frozen=True, slots=True)
class Shown:
    """The token of a request, and whether it comes with a proof of possession (RFC 9449, section 7.1)."""

    token: str
    with_proof: bool


def _shown(request: HttpRequest) -> Shown:
    """Return the token shown, in the header or in a form; never in the address, which logs keep (RFC 9700, 4.3.2)."""
    scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
    shown = [in_header.strip()] if scheme.lower() in {"bearer", "dpop"} else []
    if request.method == "POST" and request.content_type == _FORM and len(request.body) <= LARGEST_FORM:
        shown += request.POST.getlist("access_token")
    if not shown:
        raise MissingToken
    if len(shown) > 1:
        raise InvalidRequest("The token is shown more than once")
    if not bearer.TOKEN.fullmatch(shown[0]):
        raise InvalidToken("The access token is invalid")
    return Shown(shown[0], with_proof=scheme.lower() == "dpop")


def _answer(client: Client, told: dict[str, Any]) -> HttpResponse:
    """Answer in JSON, or as the signed token that the client registered for (OpenID Connect Core, section 5.3.2)."""
    if not client.userinfo_signed_response_alg:
        return answer(told)
    envelope = {"iss": settings.BASE_URL, "aud": client.client_id, "iat": int(clock.now().timestamp())}
    signed = jose.sign(client.userinfo_signed_response_alg, {**told, **envelope})
    return HttpResponse(signed, content_type="application/jwt", headers={"Cache-Control": "no-store"})


def claims_for(shown: Shown, key: str) -> tuple[Client, dict[str, Any]]:
    """Return the client of the token, and what it is told; raises the `OidcRefusal` that says why not."""
    now = clock.now()
    found = queries.access_token(shown.token, now=now)
    if found is None:
        raise InvalidToken("The access token is invalid")
    token = found.token
    # A bound token without its key is a stolen one; a proof beside an unbound one would promise what it does not hold.
    if now >= token.expires_at or token.dpop_jkt != key or shown.with_proof != bool(key):
        raise InvalidToken("The access token is invalid")
    grant = token.grant
    if grant is None:
        raise InsufficientScope("The token is a machine's: it is about nobody")
    if grant.revoked_at is not None:
        raise InvalidToken("The access token is invalid")
    entry = standing.of_grant(grant, found.under, now=now)
    if entry is None:
        raise InvalidToken("The access token is invalid")
    if "openid" not in token.scope.split():
        raise InsufficientScope("The scope openid is required")
    person = claims.Person(entry.membership, entry.roles)
    also = grant.claims.get("userinfo", ())
    released = claims.released(person, scope=token.scope, application=grant.client.application, also=also)
    return grant.client, {"sub": subjects.of(grant.client, person.agent), **released}
