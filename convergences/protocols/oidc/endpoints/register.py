"""`/oauth/register`: an application describes its client (RFC 7591), reads, changes and removes it (RFC 7592).

The door is closed: it opens to the initial token that an engineer made for one application, then to the token of the
client itself.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convergences.authentication.browsers import stranger
from convergences.protocols.oidc import queries, strict_json
from convergences.protocols.oidc.endpoints import bearer, machine
from convergences.protocols.oidc.endpoints.machine import answer
from convergences.protocols.oidc.errors import (
    AlreadyConnected,
    InvalidClientMetadata,
    InvalidRequest,
    InvalidToken,
    MissingToken,
    OidcRefusal,
)
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import registration
from convergences.protocols.oidc.services.registration import Registered
from convergences.web.actor import browser_of
from convergences.web.entrance.guards import open_to_strangers

LARGEST = 32_768
LONGEST_DETAIL = 300
# RFC 7591, section 3.2.2; everything else is invalid_client_metadata.
CODES = {"redirect_uris": "invalid_redirect_uri", "software_statement": "unapproved_software_statement"}
View = Callable[..., HttpResponse]


def _endpoint(view: View) -> View:
    """Answer refusals as RFC 7591, section 3.2.2, and RFC 6750 say. No cookie counts: the token is the proof."""

    @wraps(view)
    def endpoint(request: HttpRequest, **named: str) -> HttpResponse:
        try:
            return view(request, bearer.shown(request), **named)
        except (MissingToken, InvalidToken) as error:
            return bearer.challenge(error)
        except OidcRefusal as error:
            return machine.refuse(error)
        except AlreadyConnected as refusal:
            body = {"error": refusal.code, "error_description": "This application has a client already"}
            return answer({**body, "detail": refusal.sentence}, status=HTTPStatus.CONFLICT)
        except InvalidClientMetadata as refusal:
            return _refuse(refusal)

    return csrf_exempt(open_to_strangers(endpoint))


@require_http_methods(["POST"])
@_endpoint
def register(request: HttpRequest, token: str) -> HttpResponse:
    """Create the client of the application that this initial token is for (RFC 7591, section 3)."""
    registered = registration.register(token, _description(request), actor=stranger(browser_of(request)))
    return answer(_told(registered), status=HTTPStatus.CREATED)


@require_http_methods(["GET", "PUT", "DELETE"])
@_endpoint
def configuration(request: HttpRequest, token: str, client_id: str) -> HttpResponse:
    """Tell, replace or forget the description of a client, at its own demand (RFC 7592, section 2)."""
    if request.method == "GET":
        return answer(_told(Registered(registration.read(client_id, token), token)))
    actor = stranger(browser_of(request))
    if request.method == "PUT":
        return answer(_told(registration.change(client_id, token, _description(request), actor=actor)))
    registration.remove(client_id, token, actor=actor)
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def _description(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise InvalidRequest("The body must be application/json")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST or len(request.body) > LARGEST:
        raise InvalidRequest("The body is too large")
    try:
        given = strict_json.read(request.body)
    except strict_json.NotStrict as error:
        raise InvalidRequest("The body is not JSON that means one thing only") from error
    if not isinstance(given, dict):
        raise InvalidRequest("The body must be a JSON object")
    return given


def _told(registered: Registered) -> dict[str, Any]:
    """Return what RFC 7591, section 3.2.1, and RFC 7592, section 3, have said of a client: what holds, and no more."""
    client = registered.client
    told: dict[str, Any] = {
        **queries.metadata_of(client),
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "registration_access_token": registered.token,
        "registration_client_uri": settings.BASE_URL + reverse("oidc:registration", args=[client.client_id]),
    }
    if _is_of_agents(client):
        told["response_types"] = ["code"]
    if registered.secret:
        told["client_secret"] = registered.secret
    if client.secret_digests:
        told["client_secret_expires_at"] = 0
    return told


def _is_of_agents(client: Client) -> bool:
    return "authorization_code" in client.grant_types


def _refuse(refusal: InvalidClientMetadata) -> HttpResponse:
    """Name the field at fault; `detail` says why, in French, to the person who connects the application."""
    code = CODES.get(refusal.field, refusal.code)
    described = f"{refusal.field} cannot be registered as given"
    body = {"error": code, "error_description": described, "detail": refusal.sentence[:LONGEST_DETAIL]}
    return answer(body, status=HTTPStatus.BAD_REQUEST)
