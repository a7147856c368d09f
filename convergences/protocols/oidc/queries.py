"""Reads of the room: a client, and what a token stands for."""

import datetime as dt
from typing import Any

from convergences.foundations import clock
from convergences.foundations.prepared import Prepared, given
from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import AccessToken, Client, RefreshToken, RegistrationToken

_LONGEST = 120
_CLIENT = Prepared(lambda: Client.objects.select_related("application", "sector").filter(client_id=given("client_id")))
# Asked at each use of a token: no column more than what answers.
_ACCESS_TOKEN = Prepared(
    lambda: (
        AccessToken.objects.select_related(
            "grant__client__application", "grant__client__sector", "grant__visit", "client__application"
        )
        .only(
            *("scope", "audience", "dpop_jkt", "issued_at", "expires_at", "grant_id", "client_id"),
            *("grant__visit__end_reason", "grant__offline", "grant__expires_at", "grant__revoked_at", "grant__claims"),
            *("grant__client__client_id", "grant__client__userinfo_signed_response_alg", "grant__client__sector__salt"),
            *("grant__client__application__attributes", "client__client_id", "client__grant_types", "client__scope"),
            *("client__allowed_resources", "client__application__status"),
        )
        .filter(digest=given("digest"))
    )
)
_REFRESH_TOKEN = Prepared(
    lambda: RefreshToken.objects.select_related(
        "grant__client__application", "grant__client__sector", "grant__visit"
    ).filter(digest=given("digest"))
)


def client(client_id: str) -> Client | None:
    """Return the client of this identifier with its application, or None."""
    if not client_id or len(client_id) > _LONGEST or not client_id.isprintable():
        return None  # PostgreSQL refuses U+0000 with an error, not with an empty answer
    return _CLIENT.first(client_id=client_id)


def client_of(application_id: int) -> Client | None:
    """Return the client of an application, or None."""
    return Client.objects.filter(application_id=application_id).first()


def registration_allowed_until(application_id: int) -> dt.datetime | None:
    """Return until when an application may still describe itself for the first time, or None (RFC 7591, section 3)."""
    tokens = RegistrationToken.objects.filter(application_id=application_id, used_at=None, expires_at__gt=clock.now())
    connected = Client.objects.values("application")
    return tokens.exclude(application__in=connected).values_list("expires_at", flat=True).first()


def metadata_of(given: Client) -> dict[str, Any]:
    """Return the description of a client by the names of RFC 7591, without any secret, as `define` reads it."""
    described: dict[str, Any] = {
        "client_id": given.client_id,
        "redirect_uris": given.redirect_uris,
        "post_logout_redirect_uris": given.post_logout_redirect_uris,
        "backchannel_logout_uri": given.backchannel_logout_uri,
        "frontchannel_logout_uri": given.frontchannel_logout_uri,
        "token_endpoint_auth_method": given.token_endpoint_auth_method,
        "grant_types": given.grant_types,
        "id_token_signed_response_alg": given.id_token_signed_response_alg,
        "userinfo_signed_response_alg": given.userinfo_signed_response_alg,
        "access_token_signed_response_alg": given.access_token_signed_response_alg,
        "subject_type": given.subject_type,
        "sector_identifier_uri": given.sector_identifier_uri,
        "jwks": given.jwks,
        "jwks_uri": given.jwks_uri,
        "request_uris": given.request_uris,
        "resources": given.resources,
        "allowed_resources": given.allowed_resources,
        "dpop_bound_access_tokens": given.dpop_bound_access_tokens,
        "request_object_signing_alg": given.request_object_signing_alg,
        "require_pushed_authorization_requests": given.require_pushed_authorization_requests,
        "consent_required": given.consent_required,
        "scope": given.scope,
    }
    return {name: value for name, value in described.items() if value}


def access_token(clear: str) -> AccessToken | None:
    """Return an access token with all that answering needs, in one query, or None when it was never given."""
    return _ACCESS_TOKEN.first(digest=digest(clear))


def refresh_token(clear: str) -> RefreshToken | None:
    """Return a refresh token with all that answering needs, in one query, or None when it was never given."""
    return _REFRESH_TOKEN.first(digest=digest(clear))
