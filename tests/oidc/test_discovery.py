"""OpenID Connect Discovery 1.0, section 3, and RFC 8414: the metadata say what is served, and nothing more."""

import pytest
from authlib.oauth2 import rfc9207
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc import rpinitiated
from authlib.oidc.discovery import OpenIDProviderMetadata
from django.test import Client as Browser
from django.urls import resolve

from convergences.foundations import keys
from tests.oidc.relying import ISSUER, Relying

pytestmark = pytest.mark.database

DISCOVERY = "/.well-known/openid-configuration"


def https(content: dict[str, object]) -> dict[str, object]:
    """The tests' issuer is plain http, which validators refuse."""
    return {
        name: value.replace("http://", "https://", 1) if isinstance(value, str) else value
        for name, value in content.items()
    }


def test_authlib_finds_the_metadata_valid(db: None) -> None:
    content = https(Browser().get(DISCOVERY).json())
    OpenIDProviderMetadata(content).validate()
    AuthorizationServerMetadata(content).validate(metadata_classes=[rfc9207.AuthorizationServerMetadata])
    rpinitiated.OpenIDProviderMetadata(content).validate_end_session_endpoint()


def test_both_addresses_say_the_same(db: None) -> None:
    """RFC 8414, section 3: the metadata are at /.well-known/oauth-authorization-server."""
    first, second = Browser().get(DISCOVERY), Browser().get("/.well-known/oauth-authorization-server")
    assert first.json() == second.json()
    assert first["Content-Type"] == "application/json"


def test_every_endpoint_that_is_named_exists(db: None) -> None:
    content = Browser().get(DISCOVERY).json()
    assert content["issuer"] == ISSUER
    named = [value for name, value in content.items() if name.endswith("_endpoint") or name == "jwks_uri"]
    assert len(named) == 9
    for address in named:
        assert resolve(address.removeprefix(ISSUER))


def test_weak_ways_are_not_offered(db: None) -> None:
    """RFC 9700, 2.1.1 and 2.1.2: S256 alone, no implicit grant, no password grant."""
    content = Browser().get(DISCOVERY).json()
    assert content["code_challenge_methods_supported"] == ["S256"]
    assert content["response_types_supported"] == ["code"]
    assert content["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert not {"none", "HS256"} & set(content["id_token_signing_alg_values_supported"])


def test_keys_are_public_only_and_the_next_is_there_before_it_signs(bip: Relying, db: None) -> None:
    """RFC 7517, section 5; Core, 10.1.1: keys are published before they sign."""
    signing = keys.signing_key("ES256").kid
    following = keys.rotate("ES256").kid
    response = Browser().get("/oauth/jwks")
    published = response.json()["keys"]
    assert {signing, following} <= {key["kid"] for key in published}
    assert not [key for key in published if {"d", "p", "q", "k"} & set(key)]
    assert keys.signing_key("ES256").kid == signing
    assert "max-age" in response["Cache-Control"]


def test_a_browser_of_any_site_may_read_them(db: None) -> None:
    for address in (DISCOVERY, "/oauth/jwks"):
        assert Browser().get(address)["Access-Control-Allow-Origin"] == "*"
        assert Browser().post(address).status_code == 405


def test_what_is_said_of_requests_is_what_is_served(db: None) -> None:
    """RFC 9126, 5; RFC 9101, 10.5; Core, 6 and 5.5: by value, pushed, and from registered addresses alone."""
    content = Browser().get(DISCOVERY).json()
    assert content["pushed_authorization_request_endpoint"] == f"{ISSUER}/oauth/par"
    assert content["response_modes_supported"] == ["query", "form_post"]
    assert (content["request_parameter_supported"], content["request_uri_parameter_supported"]) == (True, True)
    assert content["require_request_uri_registration"] is True
    assert content["claims_parameter_supported"] is True
    assert not {"none", "HS256"} & set(content["request_object_signing_alg_values_supported"])
