"""RFC 8259, sections 8 and 9; RFC 8725: JSON that whoever holds a key may sign, and that breaks readers, is refused.

Anybody makes a key and signs a proof by it (RFC 9449): being well signed says nothing of what is inside.
"""

import base64
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from joserfc.jws import serialize_compact

from convergences.protocols.oidc import dpop, jose, key_sets
from convergences.protocols.oidc.jose import NotValid
from tests.cast import Cast
from tests.oidc.holding import FORM, fresh_key
from tests.oidc.relying import define
from tests.oidc.signing import TOKEN_ENDPOINT, assertion_claims, public

pytestmark = pytest.mark.database
DEEP = "[" * 2500 + "]" * 2500
HALF, NULL = '"\\ud800"', '"\\u0000"'
ODD = [DEEP, HALF, NULL, '{"\\udfff": 1}', "NaN", "1e999", "9" * 5000, '{"a": 1, "a": 2}']


def signed(header: dict[str, Any], content: str, key: Any) -> str:
    return serialize_compact({"alg": "ES256", **header}, content.encode(), key)


def written(claims: dict[str, Any], name: str, odd: str) -> str:
    """Return claims as JSON, one of them being what no library of ours would write."""
    return json.dumps({**claims, name: "HERE"}).replace('"HERE"', odd)


def at_the_token_endpoint(headers: dict[str, str], **form: str) -> HttpResponse:
    asked = {"grant_type": "refresh_token", "refresh_token": "unknown", "client_id": "bip", **form}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return Browser().post("/oauth/token", query, content_type=FORM, headers=headers)


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_a_proof_is_refused(cast: Cast, odd: str) -> None:
    define(cast.bip, token_endpoint_auth_method="none", client_secret=None)
    key = fresh_key()
    honest = {"htm": "POST", "htu": TOKEN_ENDPOINT, "iat": assertion_claims()["iat"], "nonce": dpop.nonce(), "jti": "1"}
    for name in ("jti", "nonce", "ath", "more"):
        proof = signed({"typ": dpop.TYPE, "jwk": public(key)}, written(honest, name, odd), key)
        answer = at_the_token_endpoint({"DPoP": proof})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof"), name


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_assertion_is_refused(cast: Cast, odd: str) -> None:
    key = fresh_key()
    known = {"keys": [public(key, kid="one")]}
    define(cast.bip, token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks=known)
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    for name in ("sub", "jti", "more"):
        assertion = signed({"kid": "one"}, written(assertion_claims(), name, odd), key)
        answer = at_the_token_endpoint({}, client_assertion=assertion, client_assertion_type=kind)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client"), name
        with pytest.raises(NotValid):
            key_sets.verify(assertion, known)


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_a_header_is_refused(odd: str) -> None:
    header = base64.urlsafe_b64encode(f'{{"alg": "ES256", "kid": {odd}}}'.encode()).decode().rstrip("=")
    jose.sign("ES256", {})
    assert jose.read_ours(f"{header}.e30.AA") is None
    with pytest.raises(NotValid):
        jose.header_of(f"{header}.e30.AA")
