"""OpenID Connect Core, sections 2 and 3.1.3.6: the ID token says who, when and how; its signature is ours alone."""

import base64
import hashlib
import json
from typing import Any

import pytest
from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey

from convergences.foundations import clock, keys
from convergences.protocols.oidc import id_tokens
from tests.cast import Cast, signed_in
from tests.oidc.relying import ISSUER, Relying

pytestmark = pytest.mark.database


def read(bip: Relying, id_token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    published = KeySet.import_key_set(bip.machine.get("/oauth/jwks").json())
    token = jwt.decode(id_token, published, algorithms=["ES256", "RS256", "Ed25519", "EdDSA"])
    return dict(token.header), dict(token.claims)


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_it_says_who_signed_in_when_and_how(bip: Relying, cast: Cast, claire: Browser) -> None:
    given = bip.tokens(claire)
    header, claims = read(bip, given["id_token"])
    now = clock.now().timestamp()
    assert header["alg"] == "ES256"
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, "bip", cast.claire.agent.subject)
    assert (claims["nonce"], claims["acr"], claims["amr"]) == ("a nonce", "eidas1", ["pwd"])
    assert now - 60 < claims["auth_time"] <= claims["iat"] <= now < claims["exp"] <= now + 600
    half = hashlib.sha256(given["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()
    assert set(claims) == {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"}


def test_the_session_is_named_by_its_public_name(bip: Relying, claire: Browser) -> None:
    """Back-Channel Logout 1.0, section 2.1: sid, "String identifier for a Session"."""
    from convergences.authentication.models import Session

    _header, claims = read(bip, bip.tokens(claire)["id_token"])
    assert claims["sid"] == str(Session.objects.get().uid)


def test_no_nonce_asked_no_nonce_given(bip: Relying, claire: Browser) -> None:
    _header, claims = read(bip, bip.tokens(claire, nonce=None)["id_token"])
    assert "nonce" not in claims


def test_a_second_factor_shows(bip: Relying, cast: Cast) -> None:
    browser = signed_in(cast.claire.agent, second_factor=True)
    _header, claims = read(bip, bip.tokens(browser)["id_token"])
    assert (claims["acr"], claims["amr"]) == ("eidas2", ["pwd", "otp", "mfa"])


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
def test_each_client_chooses_its_algorithm(bip: Relying, claire: Browser, algorithm: str) -> None:
    bip.client.id_token_signed_response_alg = algorithm
    bip.client.save()
    header, _claims = read(bip, bip.tokens(claire)["id_token"])
    assert header["alg"] == algorithm


def test_a_hint_of_ours_is_read_and_an_altered_one_is_not(bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)["id_token"]
    assert id_tokens.read_hint(given) is not None
    head, body, signature = given.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert id_tokens.read_hint(f"{head}.{part({**claims, 'sub': 'other'})}.{signature}") is None
    assert id_tokens.read_hint(f"{part({'alg': 'none'})}.{body}.") is None
    assert id_tokens.read_hint("x" * 5000) is None


def test_the_public_key_is_no_shared_secret(bip: Relying, claire: Browser) -> None:
    """RFC 8725, section 2.1: "an attacker can change the algorithm to HS256 and use the public key as the secret"."""
    given = bip.tokens(claire)["id_token"]
    claims = json.loads(base64.urlsafe_b64decode(given.split(".")[1] + "=="))
    public = json.dumps(keys.published_jwks()["keys"][0])
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(public), algorithms=["HS256"])
    assert id_tokens.read_hint(forged) is None


@pytest.mark.parametrize(
    "header", [{"jku": "https://evil.example/"}, {"x5u": "https://evil.example/"}, {"kid": "../x"}]
)
def test_no_key_is_fetched_or_guessed_from_the_header(bip: Relying, claire: Browser, header: dict[str, str]) -> None:
    """RFC 8725, section 3.10: "Do Not Trust Received Claims" – kid, jku, x5u."""
    body = bip.tokens(claire)["id_token"].split(".")[1]
    assert id_tokens.read_hint(f"{part({'alg': 'ES256', **header})}.{body}.AAAA") is None


def test_another_servers_token_is_no_hint(bip: Relying, claire: Browser) -> None:
    pair = keys.signing_key("ES256")
    foreign = jwt.encode({"alg": "ES256", "kid": pair.kid}, {"iss": "https://other.example", "sub": "x"}, pair.key)
    assert id_tokens.read_hint(foreign) is None


def test_a_token_signed_by_the_former_key_is_still_a_hint(bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)["id_token"]
    keys.rotate("ES256")
    assert id_tokens.read_hint(given) is not None
