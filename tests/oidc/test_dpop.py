"""RFC 9449: a token is worth something to the holder of a key only; a proof is good once, here and now."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from joserfc.jwk import OctKey, OKPKey

from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.protocols.oidc import dpop
from convergences.protocols.oidc.models import AccessToken, Grant, UsedProof
from tests.cast import Cast
from tests.oidc.holding import FORM, USERINFO, Holder, error, fresh_key, public_thumbprint, rsa, shown
from tests.oidc.relying import Relying, define, encoded, entitle
from tests.oidc.signing import Key, public

pytestmark = pytest.mark.database


@pytest.fixture
def holder(cast: Cast) -> Holder:
    """BIP in a browser."""
    entitle(cast.claire, cast.bip, "reader")
    return Holder(Relying(define(cast.bip, token_endpoint_auth_method="none", client_secret=None)))


def assert_no_proof(holder: Holder, proof: str) -> None:
    response = holder.refresh("unknown", proof)
    assert (response.status_code, error(response)) == (400, "invalid_dpop_proof")
    assert not UsedProof.objects.exists()


def test_a_proof_shown_twice_is_refused(holder: Holder, claire: Browser) -> None:
    """11.1: "servers … store the jti value of each DPoP proof for the time window"."""
    proof = holder.proof()
    refresh = holder.exchange(claire, proof)["refresh_token"]
    assert error(holder.refresh(refresh, proof)) == "invalid_dpop_proof"
    assert holder.refresh(refresh, holder.proof()).status_code == 200


def test_a_stolen_token_is_worth_nothing_under_another_key(holder: Holder, claire: Browser) -> None:
    """7.1: "the public key of the DPoP proof matches the public key to which the access token is bound"."""
    given = holder.exchange(claire)
    thief = Holder(holder.client)
    for response in (thief.userinfo(given["access_token"]), holder.client.userinfo(given["access_token"])):
        assert (response.status_code, error(response)) == (401, "invalid_token")
    for proof in (thief.proof(), None):
        assert error(holder.refresh(given["refresh_token"], proof)) == "invalid_dpop_proof"
    assert holder.userinfo(given["access_token"]).status_code == 200
    assert holder.refresh(given["refresh_token"], holder.proof()).status_code == 200


def test_a_thief_without_the_key_does_not_end_the_family(holder: Holder, claire: Browser) -> None:
    """5: the refresh token of a public client is bound to the key; showing it without is no reuse."""
    first = holder.exchange(claire)["refresh_token"]
    second = holder.refresh(first, holder.proof()).json()["refresh_token"]  # type: ignore[attr-defined]
    with time_machine.travel(clock.now() + dt.timedelta(minutes=2), tick=False):
        assert holder.refresh(first, Holder(holder.client).proof()).status_code == 400
        assert Grant.objects.get().revoked_at is None
        assert holder.refresh(second, holder.proof()).status_code == 200


def test_a_proof_for_another_token_is_refused(holder: Holder, claire: Browser) -> None:
    """4.3, 12: ath is the hash of the token beside."""
    mine, other = holder.exchange(claire)["access_token"], holder.exchange(claire)["access_token"]
    for ath in (None, "", dpop.name_of(other), 7):
        response = holder.userinfo(mine, ath=ath)
        assert (response.status_code, error(response)) == (401, "invalid_dpop_proof")


WRONG: list[dict[str, Any]] = [
    {"htm": "GET"},
    {"htm": "post"},
    {"htm": None},
    {"htu": None},
    {"htu": USERINFO},
    {"htu": "https://testserver/oauth/token"},
    {"htu": "http://testserver:8000/oauth/token"},
    {"htu": "http://other.example/oauth/token"},
    {"htu": "http://testserver/oauth/token/"},
    {"htu": "http://[broken/oauth/token"},
    {"jti": None},
    {"jti": ""},
    {"jti": 7},
    {"jti": "x" * 256},
    {"iat": None},
    {"iat": "now"},
    {"iat": 1e300},
]


@pytest.mark.parametrize("changes", WRONG)
def test_each_claim_is_held(holder: Holder, changes: dict[str, Any]) -> None:
    """4.3: jti, htm, htu, iat."""
    assert_no_proof(holder, holder.proof(**changes))


@pytest.mark.parametrize("seconds", [-62, 62, -86400, 86400])
def test_a_proof_is_of_now(holder: Holder, seconds: int) -> None:
    """4.3, 11: "the iat claim value … is within an acceptable window"."""
    assert_no_proof(holder, holder.proof(iat=int(clock.now().timestamp()) + seconds))


@pytest.mark.parametrize(
    "head",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"jwk": None},
        {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
        {"jku": "https://attacker.example/"},
        {"x5u": "https://attacker.example/"},
    ],
)
def test_each_part_of_the_header_is_held(holder: Holder, head: dict[str, Any]) -> None:
    """4.3, 4 to 7: typ, alg, jwk."""
    assert_no_proof(holder, holder.proof(head=head))


def test_the_key_is_public_signs_and_is_asymmetric(holder: Holder) -> None:
    """4.2: jwk "MUST NOT contain a private key"; alg "MUST NOT be none or an identifier for a symmetric algorithm"."""
    assert_no_proof(holder, holder.proof(head={"jwk": holder.key.as_dict(private=True)}))
    assert_no_proof(holder, holder.proof(head={"jwk": public(fresh_key())}))
    secret = Holder(holder.client, OctKey.generate_key(256))
    assert_no_proof(holder, secret.proof(head={"alg": "HS256"}))
    head, body, _signature = holder.proof().split(".")
    assert_no_proof(holder, f"{head}.{body}.")


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "e30.e30.e30", "x" * 9000])
def test_anything_else_is_no_proof(holder: Holder, proof: str) -> None:
    assert_no_proof(holder, proof)


def test_two_proofs_are_no_proof(holder: Holder) -> None:
    """4.3, 1: "There is not more than one DPoP HTTP request header field"."""
    assert_no_proof(holder, f"{holder.proof()},{holder.proof()}")


@pytest.mark.parametrize("nonce", [None, "", "made up", 7])
def test_a_proof_needs_our_nonce(holder: Holder, nonce: Any) -> None:
    """8: use_dpop_nonce, with the nonce to use in the DPoP-Nonce header."""
    response = holder.refresh("unknown", holder.proof(nonce=nonce))
    assert (response.status_code, error(response)) == (400, "use_dpop_nonce")
    again = holder.refresh("unknown", holder.proof(nonce=response["DPoP-Nonce"]))
    assert error(again) == "invalid_grant"


def test_a_nonce_is_soon_too_old(holder: Holder) -> None:
    """11.2: a proof made in advance is worth nothing later."""
    old = dpop.nonce()
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5), tick=False):
        assert error(holder.refresh("unknown", holder.proof(nonce=old))) == "invalid_grant"
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11), tick=False):
        assert error(holder.refresh("unknown", holder.proof(nonce=old))) == "use_dpop_nonce"


def test_userinfo_asks_for_a_nonce_too(holder: Holder, claire: Browser) -> None:
    """9: the resource server answers 401 with use_dpop_nonce."""
    token = holder.exchange(claire)["access_token"]
    response = holder.userinfo(token, nonce=None)
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("DPoP ")
    assert 'error="use_dpop_nonce"' in response["WWW-Authenticate"]
    assert holder.userinfo(token, nonce=response["DPoP-Nonce"]).status_code == 200


def test_a_bound_token_does_not_pass_as_a_bearers(holder: Holder, claire: Browser) -> None:
    """7.2: a protected resource must not accept a bound token "as a bearer token"."""
    token = holder.exchange(claire)["access_token"]
    proof = holder.proof(htm="GET", htu=USERINFO, ath=dpop.name_of(token))
    assert shown(token, proof, "Bearer").status_code == 401
    by_form = Browser().post("/oauth/userinfo", encoded({"access_token": token}), content_type=FORM)
    assert by_form.status_code == 401
    assert Browser().get("/oauth/userinfo", headers={"Authorization": f"DPoP {token}"}).status_code == 401


def test_a_bearers_token_does_not_pass_as_bound(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    assert error(Holder(bip).userinfo(token)) == "invalid_token"
    assert bip.userinfo(token).status_code == 200


def test_a_client_that_promised_a_proof_shows_one(cast: Cast, claire: Browser) -> None:
    """5.2: dpop_bound_access_tokens."""
    entitle(cast.claire, cast.bip)
    holder = Holder(Relying(define(cast.bip, dpop_bound_access_tokens=True)))
    assert error(holder.client.exchange(holder.client.code(claire))) == "invalid_dpop_proof"
    given = holder.exchange(claire)
    assert error(holder.refresh(given["refresh_token"], None)) == "invalid_dpop_proof"
    renewed = holder.refresh(given["refresh_token"], Holder(holder.client).proof())
    assert renewed.status_code == 200, "a confidential client may change keys: its own proof binds it"


def test_what_is_bound_says_so(holder: Holder, claire: Browser) -> None:
    """5: token_type is DPoP. 4.3, 9: the address is compared without query and fragment, and normalized."""
    given = holder.exchange(claire, holder.proof(htu="http://TESTSERVER:80/oauth/token?x#y"))
    assert given["token_type"] == "DPoP"
    thumbprint = public_thumbprint(holder.key)
    assert AccessToken.objects.get().dpop_jkt == Grant.objects.get().dpop_jkt == thumbprint


def test_introspection_names_the_key(cast: Cast, claire: Browser) -> None:
    """6.2: cnf with jkt."""
    entitle(cast.claire, cast.bip)
    holder = Holder(Relying(define(cast.bip)))
    body = encoded({"token": holder.exchange(claire)["access_token"]})
    headers = {"Authorization": holder.client.basic()}
    told = Browser().post("/oauth/introspect", body, content_type=FORM, headers=headers).json()
    assert (told["token_type"], told["cnf"]) == ("DPoP", {"jkt": public_thumbprint(holder.key)})


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_each_algorithm_that_is_announced_is_read(holder: Holder, claire: Browser, algorithm: str) -> None:
    """5.1: dpop_signing_alg_values_supported."""
    key: Key = fresh_key() if algorithm == "ES256" else rsa()
    holder.key = OKPKey.generate_key("Ed25519") if algorithm == "EdDSA" else key
    assert algorithm in Browser().get("/.well-known/openid-configuration").json()["dpop_signing_alg_values_supported"]
    assert holder.exchange(claire, holder.proof(head={"alg": algorithm}))["token_type"] == "DPoP"


def test_a_dead_right_is_dead_under_the_right_key_too(holder: Holder, claire: Browser) -> None:
    given = holder.exchange(claire)
    Entitlement.objects.update(closed_at=clock.now())
    assert holder.userinfo(given["access_token"]).status_code == 401
    assert error(holder.refresh(given["refresh_token"], holder.proof())) == "invalid_grant"
