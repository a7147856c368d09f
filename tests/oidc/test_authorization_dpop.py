"""RFC 9449, section 10: a code that only the key named beforehand may exchange."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.protocols.oidc.models import AuthorizationCode, Client, Grant, PushedRequest
from tests.cast import Cast
from tests.oidc.holding import Holder, error, fresh_key, public_thumbprint
from tests.oidc.relying import CALLBACK, VERIFIER, Relying, answered, define, encoded
from tests.oidc.test_authorization_pushed import bring

pytestmark = pytest.mark.database
PAR = "http://testserver/oauth/par"


@pytest.fixture
def holder(bip: Relying) -> Holder:
    """BIP, which holds a key."""
    return Holder(bip)


def brought(holder: Holder, code: str, proof: str | None) -> HttpResponse:
    form = {"redirect_uri": CALLBACK, "code_verifier": VERIFIER, "code": code}
    return holder.token(proof, grant_type="authorization_code", **form)


def pushed(holder: Holder, proof: str, **changes: Any) -> HttpResponse:
    response: HttpResponse = Browser().post(
        "/oauth/par",
        encoded(holder.client.request(**changes)),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": holder.client.basic(), "DPoP": proof},
    )
    return response


def test_the_key_named_exchanges_the_code_and_no_other(holder: Holder, claire: Browser) -> None:
    """10: "verifies that it matches the dpop_jkt parameter value … If they do not match, it MUST reject"."""
    code = holder.client.code(claire, dpop_jkt=public_thumbprint(holder.key))
    thief = Holder(holder.client, key=fresh_key())
    for refused in (brought(thief, code, thief.proof()), brought(thief, code, None)):
        assert (refused.status_code, error(refused)) == (400, "invalid_grant")
    assert not Grant.objects.exists()
    assert brought(holder, code, holder.proof()).status_code == 200


def test_a_public_client_too(holder: Holder, cast: Cast, claire: Browser) -> None:
    define(cast.bip, token_endpoint_auth_method="none", client_secret=None)
    holder.client.client = Client.objects.get()
    code = holder.client.code(claire, dpop_jkt=public_thumbprint(holder.key))
    assert error(brought(holder, code, None)) == "invalid_grant"
    assert brought(holder, code, holder.proof()).json()["token_type"] == "DPoP"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "named", ["x", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + " ", "é" * 43, "x" * 42 + "\x00"]
)
def test_what_is_no_thumbprint_is_refused(holder: Holder, claire: Browser, named: str) -> None:
    """10: "the base64url-encoded JWK SHA-256 Thumbprint"; never ignored."""
    assert answered(holder.client.authorize(claire, dpop_jkt=named))["error"] == "invalid_request"
    assert not AuthorizationCode.objects.exists()


def test_it_is_not_named_twice(holder: Holder, claire: Browser) -> None:
    names = [public_thumbprint(holder.key), public_thumbprint(fresh_key())]
    assert answered(holder.client.authorize(claire, dpop_jkt=names))["error"] == "invalid_request"


def test_a_proof_beside_a_pushed_request_names_the_key(holder: Holder, claire: Browser) -> None:
    """10.1: "as if the dpop_jkt parameter … were used"."""
    response = pushed(holder, holder.proof(htu=PAR))
    assert response.status_code == 201
    assert response["DPoP-Nonce"]
    code = answered(bring(claire, response.json()["request_uri"]))["code"]  # type: ignore[attr-defined]
    thief = Holder(holder.client, key=fresh_key())
    assert error(brought(thief, code, thief.proof())) == "invalid_grant"
    assert brought(holder, code, holder.proof()).status_code == 200


def test_a_proof_of_another_key_than_the_one_named_is_refused(holder: Holder) -> None:
    """10.1: "the authorization server MUST reject the request if the JWK Thumbprint … does not match"."""
    other = public_thumbprint(fresh_key())
    assert error(pushed(holder, holder.proof(htu=PAR), dpop_jkt=other)) == "invalid_dpop_proof"
    same = public_thumbprint(holder.key)
    assert pushed(holder, holder.proof(htu=PAR), dpop_jkt=same).status_code == 201
    assert PushedRequest.objects.count() == 1


def test_a_proof_that_does_not_hold_pushes_nothing(holder: Holder) -> None:
    """4.3: made for another address, forged, replayed, or without our nonce."""
    once = holder.proof(htu=PAR)
    assert pushed(holder, once).status_code == 201
    for proof in (once, holder.proof(), "x", holder.proof(htu=PAR, htm="GET")):
        assert error(pushed(holder, proof)) == "invalid_dpop_proof"
    late = pushed(holder, holder.proof(htu=PAR, nonce=None))
    assert error(late) == "use_dpop_nonce"
    assert late["DPoP-Nonce"]
    assert PushedRequest.objects.count() == 1
