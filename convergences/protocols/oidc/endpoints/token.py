"""`/oauth/token`: codes and refresh tokens become access tokens (RFC 6749, sections 3.2, 4.1.3, 5 and 6)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc import client_authentication, id_tokens, lifetimes
from convergences.protocols.oidc.endpoints.machine import answer, form_endpoint
from convergences.protocols.oidc.errors import InvalidRequest, UnauthorizedClient, UnsupportedGrantType
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import exchange as exchanges
from convergences.protocols.oidc.services import refresh as refreshes
from convergences.protocols.oidc.services.exchange import Given, Presented


@form_endpoint
def token(request: HttpRequest) -> HttpResponse:
    """Authenticate the client, then give what its grant gives."""
    client = client_authentication.authenticate(request)
    grant_type = _required(request, "grant_type")
    give = GRANTS.get(grant_type)
    if give is None:
        raise UnsupportedGrantType("Only authorization_code and refresh_token are supported")
    if grant_type not in client.grant_types:
        raise UnauthorizedClient("This client may not use this grant type")
    return answer(give(request, client))


def _required(request: HttpRequest, name: str) -> str:
    value = request.POST.get(name, "")
    if not value:
        raise InvalidRequest(f"{name} is missing")
    return value


def _from_code(request: HttpRequest, client: Client) -> dict[str, Any]:
    presented = Presented(
        code=_required(request, "code"),
        redirect_uri=_required(request, "redirect_uri"),
        code_verifier=request.POST.get("code_verifier", ""),
    )
    given = exchanges.exchange(client, presented)
    body = _bearer(given)
    if given.code is not None:
        session, nonce = given.code.visit.session, given.code.nonce
        body["id_token"] = id_tokens.sign(
            client, session, subject=given.subject, access_token=given.access_token, nonce=nonce
        )
    return body


def _from_refresh(request: HttpRequest, client: Client) -> dict[str, Any]:
    given = refreshes.refresh(client, _required(request, "refresh_token"), request.POST.get("scope", ""))
    return _bearer(given)


def _bearer(given: Given) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_token": given.access_token,
        "token_type": "Bearer",
        "expires_in": int(lifetimes.ACCESS_TOKEN.total_seconds()),
        "scope": given.scope,
    }
    if given.refresh_token:
        body["refresh_token"] = given.refresh_token
    return body


GRANTS: dict[str, Callable[[HttpRequest, Client], dict[str, Any]]] = {
    "authorization_code": _from_code,
    "refresh_token": _from_refresh,
}
