"""RFC 7523, section 3, and OpenID Connect Core, section 9: a client signs who it is, once, for us alone."""

import base64
import datetime as dt
import hmac
import json
from functools import lru_cache
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from joserfc.jwk import ECKey, OKPKey, RSAKey

from convergences.foundations import clock
from convergences.protocols.oidc.assertions import TYPE
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client, UsedProof
from convergences.protocols.oidc.services import cleaning
from tests import keypool
from tests.cast import Cast
from tests.oidc.relying import CALLBACK, SECRET, VERIFIER, Relying, define, encoded, entitle
from tests.oidc.signing import Key, assertion_claims, public, signed

pytestmark = pytest.mark.database


@lru_cache
@keypool.apart()
def rsa() -> RSAKey:
    return RSAKey.generate_key(2048)


@lru_cache
def curve() -> ECKey:
    return ECKey.generate_key("P-256")


def signing(cast: Cast, *keys: dict[str, Any]) -> Relying:
    shown = {"keys": list(keys or (public(curve(), kid="one"),))}
    return Relying(define(cast.bip, token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks=shown))


@pytest.fixture
def signer(cast: Cast) -> Relying:
    """BIP, which signs by the key « one »."""
    entitle(cast.claire, cast.bip, "reader")
    return signing(cast)


def shown(assertion: str, **form: str) -> HttpResponse:
    honest = {"token": "x", "client_assertion_type": TYPE, "client_assertion": assertion}
    response: HttpResponse = Browser().post(
        "/oauth/introspect", encoded({**honest, **form}), content_type="application/x-www-form-urlencoded"
    )
    return response


def assert_refused(assertion: str, **form: str) -> None:
    response = shown(assertion, **form)
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"  # type: ignore[attr-defined]


def test_an_assertion_shown_twice_is_refused(signer: Relying) -> None:
    """7523, 3: "The authorization server MAY ensure that JWTs are not replayed by maintaining the set of used "jti"""
    assertion = signed(curve(), assertion_claims(), kid="one")
    assert shown(assertion).status_code == 200
    assert_refused(assertion)


def test_none_is_no_algorithm(signer: Relying) -> None:
    """8725, 3.1: algorithms are ours to choose."""
    honest = signed(curve(), assertion_claims(), kid="one")
    head = encode({"alg": "none", "kid": "one"})
    assert_refused(f"{head}.{honest.split('.')[1]}.")


def encode(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["HS256", "HS512"])
def test_a_public_key_is_no_shared_secret(signer: Relying, algorithm: str) -> None:
    """8725, 2.1: an RS256 key used as an HS256 secret."""
    for secret in (curve().as_pem(private=False), json.dumps(public(curve(), kid="one")).encode()):
        told = f"{encode({'alg': algorithm, 'kid': 'one'})}.{encode(assertion_claims())}"
        mac = hmac.digest(secret, told.encode(), f"sha{algorithm[2:]}")
        assert_refused(f"{told}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": True},
        {"jku": "https://attacker.example/jwks", "kid": "one"},
        {"x5u": "https://attacker.example/cert", "kid": "one"},
        {"x5c": ["MIIB"], "kid": "one"},
        {"kid": "two"},
        {"kid": "../../dev/null"},
        {"kid": "' OR 1=1 --"},
        {"kid": ["one"]},
        {"kid": "one"},
        {"kid": "one", "crit": ["exp"]},
        {},
    ],
)
def test_a_key_that_is_brought_or_named_elsewhere_is_refused(signer: Relying, header: dict[str, Any]) -> None:
    """8725, 3.10: "applications SHOULD NOT … blindly follow" jku and x5u."""
    theirs = ECKey.generate_key("P-256")
    named = {**header, "jwk": public(theirs)} if "jwk" in header else header
    assert_refused(altered_header(theirs, named))


def altered_header(key: Key, header: dict[str, Any]) -> str:
    """Sign under a header that the library itself would refuse to write."""
    honest = signed(key, assertion_claims())
    return ".".join([encode({"alg": "ES256", **header}), *honest.split(".")[1:]])


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk"])
def test_our_own_key_beside_a_foreign_address_is_refused_too(signer: Relying, name: str) -> None:
    value = public(curve()) if name == "jwk" else "https://bip.example/jwks"
    assert_refused(signed(curve(), assertion_claims(), **{"kid": "one", name: value}))


WRONG: list[dict[str, Any]] = [
    {"aud": None},
    {"aud": "https://other.example/oauth/token"},
    {"aud": "http://testserver/"},
    {"aud": "http://testserver/oauth/token/"},
    {"aud": ["http://testserver/oauth/token", "https://other.example"]},
    {"aud": []},
    {"aud": {"a": 1}},
    {"iss": "cotisations"},
    {"iss": None},
    {"sub": "cotisations"},
    {"sub": None},
    {"sub": ["bip"]},
    {"jti": None},
    {"jti": ""},
    {"jti": 7},
    {"jti": "x" * 256},
    {"exp": None},
    {"exp": "soon"},
    {"exp": True},
    {"exp": 1e300},
    {"exp": 2**39},
    {"exp": -1},
]


@pytest.mark.parametrize("changes", WRONG)
def test_each_claim_is_held(signer: Relying, changes: dict[str, Any]) -> None:
    """7523, 3: iss, sub, aud, exp, jti."""
    assert_refused(signed(curve(), assertion_claims(**changes), kid="one"))
    assert not UsedProof.objects.exists()


@pytest.mark.parametrize(("name", "seconds"), [("exp", 0), ("exp", -1), ("exp", 302), ("nbf", 62), ("iat", 62)])
def test_it_is_of_now(signer: Relying, name: str, seconds: int) -> None:
    """7523, 3: "The authorization server … may reject JWTs with an "exp" claim value that is unreasonably far"."""
    instant = int(clock.now().timestamp()) + seconds
    assert_refused(signed(curve(), assertion_claims(**{name: instant}), kid="one"))


def test_an_assertion_of_another_client_is_refused(signer: Relying, cast: Cast) -> None:
    other = {"keys": [public(ECKey.generate_key("P-256"))]}
    define(cast.cotisations, token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks=other)
    assert_refused(signed(curve(), assertion_claims("cotisations")))
    differs = shown(signed(curve(), assertion_claims(), kid="one"), client_id="cotisations")
    assert differs.json()["error"] == "invalid_request"  # type: ignore[attr-defined]


def test_a_secret_does_not_replace_the_signature(signer: Relying) -> None:
    response = Browser().post(
        "/oauth/introspect",
        encoded({"token": "x"}),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": signer.basic(SECRET)},
    )
    assert response.status_code == 401


def test_two_proofs_are_one_too_many(signer: Relying) -> None:
    """6749, 2.3: "The client MUST NOT use more than one authentication method in each request."""
    twice = shown(signed(curve(), assertion_claims(), kid="one"), client_secret=SECRET)
    assert twice.json()["error"] == "invalid_request"  # type: ignore[attr-defined]


@pytest.mark.parametrize("assertion", ["", "x", "..", "a.b.c", "é.é.é", "x" * 9000, "e30.e30.e30", "W10.W10.x"])
def test_anything_else_is_refused_in_the_same_words(signer: Relying, assertion: str) -> None:
    assert_refused(assertion)


def test_a_client_with_a_secret_does_not_sign(bip: Relying) -> None:
    assert_refused(signed(curve(), assertion_claims()))


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_each_algorithm_that_is_announced_is_read(cast: Cast, claire: Browser, algorithm: str) -> None:
    """9: private_key_jwt, "Clients that have registered a public key sign a JWT using that key"."""
    entitle(cast.claire, cast.bip)
    key: Key = curve() if algorithm == "ES256" else OKPKey.generate_key("Ed25519") if algorithm == "EdDSA" else rsa()
    bip = signing(cast, public(key, kid="k", alg=algorithm))
    form = {
        "grant_type": "authorization_code",
        "code": bip.code(claire),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_assertion_type": TYPE,
        "client_assertion": signed(key, assertion_claims(aud="http://testserver"), alg=algorithm, kid="k"),
    }
    response = Browser().post("/oauth/token", encoded(form), content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    wrong = "PS256" if algorithm == "RS256" else "RS256"
    if isinstance(key, RSAKey):
        assert_refused(signed(key, assertion_claims(), alg=wrong, kid="k"))


def test_two_keys_during_a_rollover_are_chosen_by_their_name(cast: Cast) -> None:
    following = ECKey.generate_key("P-256")
    signing(cast, public(curve(), kid="one"), public(following, kid="two"))
    assert shown(signed(curve(), assertion_claims(), kid="one")).status_code == 200
    assert shown(signed(following, assertion_claims(), kid="two")).status_code == 200
    assert_refused(signed(following, assertion_claims(), kid="one"))
    assert_refused(signed(following, assertion_claims()))


def test_what_was_shown_is_forgotten_once_it_has_expired(signer: Relying) -> None:
    assert shown(signed(curve(), assertion_claims(), kid="one")).status_code == 200
    cleaning.forget_expired(clock.now())
    assert UsedProof.objects.count() == 1
    cleaning.forget_expired(UsedProof.objects.get().expires_at + dt.timedelta(seconds=1))
    assert not UsedProof.objects.exists()


BAD_KEYS: list[Any] = [
    [],
    {"keys": {}},
    {"keys": []},
    {"keys": [7]},
    {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]},
    {"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]},
    {"keys": [{"kty": "RSA", "n": "_" * 1100, "e": "AQAB"}]},
    {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
    {"keys": [{"kty": "EC", "crv": "P-256"}]},
    {"keys": [{"kty": "OKP", "crv": "X25519", "x": "AA"}]},
]


@pytest.mark.parametrize("keys", BAD_KEYS)
def test_keys_that_could_not_hold_are_refused_by_name(cast: Cast, keys: Any) -> None:
    if keys == []:
        keys = ["x"]
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(cast.bip, token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks=keys)
    assert refusal.value.field == "jwks"
    assert not Client.objects.exists()


def test_a_private_key_a_secret_or_no_key_is_refused_by_name(cast: Cast) -> None:
    private = {"keys": [curve().as_dict(private=True)]}
    for field, changes in (
        ("jwks", {"client_secret": None, "jwks": private}),
        ("jwks", {"client_secret": None}),
        ("client_secret", {"jwks": {"keys": [public(curve())]}}),
        ("jwks", {"client_secret": None, "jwks": {"keys": [public(curve()), public(curve())]}}),
    ):
        with pytest.raises(InvalidClientMetadata) as refusal:
            define(cast.bip, token_endpoint_auth_method="private_key_jwt", **changes)
        assert refusal.value.field == field
