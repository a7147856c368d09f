"""`/oauth/token`: what a client brings becomes access tokens (RFC 6749, sections 3.2, 4.1.3, 4.4, 5 and 6)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc import client_authentication, cors, dpop, id_tokens, lifetimes
from convergences.protocols.oidc.endpoints.machine import answer, form_endpoint
from convergences.protocols.oidc.errors import (
    InvalidDpopProof,
    InvalidRequest,
    InvalidTarget,
    UnauthorizedClient,
    UnsupportedGrantType,
)
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import exchange as exchanges
from convergences.protocols.oidc.services import machine_tokens
from convergences.protocols.oidc.services import refresh as refreshes
from convergences.protocols.oidc.services.exchange import Given, Presented
from convergences.protocols.oidc.services.machine_tokens import Wanted
from convergences.protocols.oidc.services.refresh import Renewal


@cors.for_public_clients("POST")
@form_endpoint
def token(request: HttpRequest) -> HttpResponse:
    """Authenticate the client, then give what its grant gives."""
    client = client_authentication.authenticate(request)
    grant_type = _required(request, "grant_type")
    give = GRANTS.get(grant_type)
    if give is None:
        raise UnsupportedGrantType("This grant type is not supported")
    if grant_type not in client.grant_types:
        raise UnauthorizedClient("This client may not use this grant type")
    key = dpop.proved_key(request)
    if client.dpop_bound_access_tokens and not key:
        raise InvalidDpopProof("This client must show a DPoP proof")
    response = answer({"token_type": "DPoP" if key else "Bearer", **give(request, client, key)})
    if key:
        response[dpop.NONCE_HEADER] = dpop.nonce()
    return response


def _required(request: HttpRequest, name: str) -> str:
    value = request.POST.get(name, "")
    if not value:
        raise InvalidRequest(f"{name} is missing")
    return value


def _from_code(request: HttpRequest, client: Client, key: str) -> dict[str, Any]:
    presented = Presented(
        code=_required(request, "code"),
        redirect_uri=_required(request, "redirect_uri"),
        code_verifier=request.POST.get("code_verifier", ""),
        dpop_jkt=key,
        resources=_resources(request),
    )
    given = exchanges.exchange(client, presented)
    body = _body(given)
    if given.code is not None:
        session = given.code.visit.session
        body["id_token"] = id_tokens.sign(
            client, session, subject=given.subject, access_token=given.access_token, also=given.told
        )
    return body


def _from_refresh(request: HttpRequest, client: Client, key: str) -> dict[str, Any]:
    wanted = Renewal(scope=request.POST.get("scope", ""), dpop_jkt=key, resources=_resources(request))
    given = refreshes.refresh(client, _required(request, "refresh_token"), wanted)
    return _body(given)


def _for_itself(request: HttpRequest, client: Client, key: str) -> dict[str, Any]:
    resources = _resources(request)
    if len(resources) > 1:
        raise InvalidTarget("A machine's token is for one resource")
    wanted = Wanted(scope=request.POST.get("scope", ""), resource="".join(resources))
    access_token, scope = machine_tokens.give(client, wanted, dpop_jkt=key)
    seconds = int(lifetimes.ACCESS_TOKEN.total_seconds())
    return {"access_token": access_token, "expires_in": seconds, "scope": scope}


def _resources(request: HttpRequest) -> tuple[str, ...]:
    """Return the resources that a token is asked for: the one parameter that may come several times (RFC 8707, 2)."""
    return tuple(dict.fromkeys(value for value in request.POST.getlist("resource") if value))


def _body(given: Given) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_token": given.access_token,
        "expires_in": int(lifetimes.ACCESS_TOKEN.total_seconds()),
        "scope": given.scope,
    }
    if given.refresh_token:
        body["refresh_token"] = given.refresh_token
    return body


GRANTS: dict[str, Callable[[HttpRequest, Client, str], dict[str, Any]]] = {
    "authorization_code": _from_code,
    "refresh_token": _from_refresh,
    machine_tokens.GRANT: _for_itself,
}
