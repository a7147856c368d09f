"""Reads of the room: a client, and what a token stands for."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from convergences.admission.leading import Leading, Under
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.foundations.sql.prepared import Portion, Portions, Prepared, given, lead
from convergences.protocols.oidc.models import AccessToken, Client, Grant, Pkce, RefreshToken, RegistrationToken, Sector

T = TypeVar("T", AccessToken, RefreshToken)
_LONGEST = 120
_CLIENT = Prepared(lambda: Client.objects.select_related("application", "sector").filter(client_id=given("client_id")))
# Asked at each request of a client: what proves it and what tokens are made by, without all its addresses.
_PROVED = Prepared(
    lambda: (
        Client.objects.select_related("application", "sector")
        .only(
            *("client_id", "token_endpoint_auth_method", "secret_digests", "secret_days", "jwks", "jwks_uri"),
            *("grant_types", "scope", "resources", "allowed_resources", "dpop_bound_access_tokens", "pkce"),
            *("id_token_signed_response_alg", "access_token_signed_response_alg", "sector__salt"),
            *("application__slug", "application__status", "application__attributes"),
        )
        .filter(client_id=given("client_id"))
    )
)
_HOLDER: dict[str, Portion[Any]] = {
    "cl": Portion(
        Client,
        *("id", "application", "client_id", "sector", "userinfo_signed_response_alg"),
        *("grant_types", "scope", "allowed_resources"),
    ),
    "ap": Portion(Application, "id", "attributes", "status"),
    "sc": Portion(Sector, "id", "salt"),
}
_JOIN_HOLDER = """
    JOIN catalog_application ap ON ap.id = cl.application_id
    LEFT JOIN oidc_sector sc ON sc.id = cl.sector_id
"""
_GRANT = Portion(
    Grant, *("id", "client", "visit", "scope", "resources", "offline", "expires_at", "revoked_at", "claims")
)
_ACCESS = Portions(
    tk=Portion(AccessToken, "id", "grant", "client", "scope", "audience", "dpop_jkt", "issued_at", "expires_at"),
    gr=_GRANT,
    **_HOLDER,
)
_REFRESH = Portions(tk=Portion(RefreshToken, "id", "grant", "issued_at", "used_at"), gr=_GRANT, **_HOLDER)
# Asked at each use of a token, with the facts under its visit. An agent's has a grant, a machine's a client.
_ACCESS_TOKEN = Leading(
    _ACCESS.columns,
    f"""
    oidc_accesstoken tk
    LEFT JOIN oidc_grant gr ON gr.id = tk.grant_id
    JOIN oidc_client cl ON cl.id = COALESCE(gr.client_id, tk.client_id)
    {_JOIN_HOLDER}
    """,
    visit="gr.visit_id",
    where="tk.digest = %(digest)s",
)
_REFRESH_TOKEN = Leading(
    _REFRESH.columns,
    f"""
    oidc_refreshtoken tk
    JOIN oidc_grant gr ON gr.id = tk.grant_id
    JOIN oidc_client cl ON cl.id = gr.client_id
    {_JOIN_HOLDER}
    """,
    visit="gr.visit_id",
    where="tk.digest = %(digest)s",
)


def client(client_id: str) -> Client | None:
    """Return the client of this identifier with its application, or None."""
    return _CLIENT.first(client_id=client_id) if _may_be(client_id) else None


def proved_client(client_id: str) -> Client | None:
    """Return the same, as its tokens need it; any other column is read when it is asked for."""
    return _PROVED.first(client_id=client_id) if _may_be(client_id) else None


def _may_be(client_id: str) -> bool:
    # PostgreSQL refuses U+0000 with an error, not with an empty answer.
    return 0 < len(client_id) <= _LONGEST and client_id.isprintable()


def client_of(application_id: int) -> Client | None:
    """Return the client of an application, or None."""
    return Client.objects.filter(application_id=application_id).first()


def without_pkce() -> list[str]:
    """Return the applications that agents may enter without PKCE, by their short names."""
    clients = Client.objects.exclude(pkce=Pkce.REQUIRED).select_related("application").order_by("application__slug")
    return [client.application.slug for client in clients if client.may_go_without_pkce]


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
        "pkce": "" if given.pkce == Pkce.OPTIONAL else given.pkce,
        "consent_required": given.consent_required,
        "scope": given.scope,
    }
    return {name: value for name, value in described.items() if value}


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A token with its grant and its client, and what is under its visit now."""

    token: T
    under: Under | None


def access_token(clear: str, *, now: dt.datetime) -> Found[AccessToken] | None:
    """Return an access token with all that answering needs, in one query, or None when it was never given."""
    found = _ACCESS_TOKEN.first(now, digest=digest(clear))
    if found is None:
        return None
    token, grant, *holder = _ACCESS.made(found.own)
    holding = _client(*holder)
    if grant is not None:
        lead(grant, client=holding)
    lead(token, grant=grant, client=holding if grant is None else None)
    return Found(token, found.under)


def refresh_token(clear: str, *, now: dt.datetime) -> Found[RefreshToken] | None:
    """Return a refresh token with all that answering needs, in one query, or None when it was never given."""
    found = _REFRESH_TOKEN.first(now, digest=digest(clear))
    if found is None:
        return None
    token, grant, *holder = _REFRESH.made(found.own)
    lead(grant, client=_client(*holder))
    lead(token, grant=grant)
    return Found(token, found.under)


def _client(made: Client, application: Application, sector: Sector | None) -> Client:
    lead(made, application=application, sector=sector)
    return made
