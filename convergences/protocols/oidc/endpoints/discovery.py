"""`/.well-known/…` and `/oauth/jwks`: what this server does, and its keys (OpenID Connect Discovery, RFC 8414)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from convergences.foundations import keys
from convergences.protocols.oidc import acr, claims, cors, jose, scopes
from convergences.protocols.oidc.checks.shape import RESPONSE_MODES
from convergences.protocols.oidc.metadata import GRANT_TYPES, SIGNING_ALGORITHMS, SUBJECT_TYPES
from convergences.protocols.oidc.models import AuthenticationMethod
from convergences.web.entrance.guards import open_to_strangers

KEPT_SECONDS = 300


@cors.for_anybody
@open_to_strangers
@require_safe
def configuration(_request: HttpRequest) -> JsonResponse:
    """Answer the metadata of the provider (Discovery, section 3; RFC 8414, section 2). Says only what is served."""
    return _public(_metadata())


@cors.for_anybody
@open_to_strangers
@require_safe
def jwks(_request: HttpRequest) -> JsonResponse:
    """Answer the public keys, the next one included before it signs (RFC 7517, section 5)."""
    return _public(keys.published_jwks())


def _public(content: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(content)
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def _address(name: str) -> str:
    return settings.BASE_URL + reverse(f"oidc:{name}")


def _metadata() -> dict[str, Any]:
    return {**_endpoints(), **_authorization(), **_algorithms(), **_logout()}


def _endpoints() -> dict[str, str]:
    return {
        "issuer": settings.BASE_URL,
        "authorization_endpoint": _address("authorize"),
        "token_endpoint": _address("token"),
        "userinfo_endpoint": _address("userinfo"),
        "jwks_uri": _address("jwks"),
        "revocation_endpoint": _address("revoke"),
        "introspection_endpoint": _address("introspect"),
        "registration_endpoint": _address("register"),
        "end_session_endpoint": _address("logout"),
        "pushed_authorization_request_endpoint": _address("par"),
    }


def _authorization() -> dict[str, Any]:
    return {
        "scopes_supported": list(scopes.SUPPORTED),
        "claims_supported": list(claims.SUPPORTED),
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": list(SUBJECT_TYPES),
        "code_challenge_methods_supported": ["S256"],
        "require_pushed_authorization_requests": False,
        "require_signed_request_object": False,
        "claim_types_supported": ["normal"],
        "display_values_supported": ["page"],
        "prompt_values_supported": ["none", "login", "select_account", "consent"],
        "acr_values_supported": list(acr.SUPPORTED),
        "ui_locales_supported": ["fr"],
        # Written though some are the default: a client must not have to guess (RFC 9207, section 3; Core, section 6).
        "authorization_response_iss_parameter_supported": True,
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
    }


def _logout() -> dict[str, bool]:
    return {
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
    }


def _algorithms() -> dict[str, list[str]]:
    methods = list(AuthenticationMethod.values)
    return {
        "id_token_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "userinfo_signing_alg_values_supported": list(SIGNING_ALGORITHMS),
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": list(jose.THEIRS),
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": list(jose.THEIRS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(jose.THEIRS),
        "introspection_endpoint_auth_methods_supported": [word for word in methods if word != "none"],
        "dpop_signing_alg_values_supported": list(jose.THEIRS),
        "request_object_signing_alg_values_supported": list(jose.THEIRS),
    }
