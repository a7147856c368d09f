"""RFC 9101 (JAR), by value: a request that the client signed for us; nothing beside it counts."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from convergences.foundations import clock
from convergences.protocols.oidc.models import AuthorizationCode, Client
from tests.cast import Cast
from tests.oidc.relying import ISSUER, Relying, answered, define
from tests.oidc.signing import public, signed
from tests.oidc.test_authorization_pushed import bring, push

pytestmark = pytest.mark.database
KEY = ECKey.generate_key("P-256")
OTHER = ECKey.generate_key("P-256")


@pytest.fixture
def signing(bip: Relying, cast: Cast) -> Relying:
    """BIP, whose key we know."""
    define(cast.bip, jwks={"keys": [public(KEY, kid="one")]})
    bip.client = Client.objects.get()
    return bip


def content(relying: Relying, **changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    whole = {"iss": "bip", "aud": ISSUER, "iat": now, "exp": now + 120, **relying.request(), **changes}
    return {name: value for name, value in whole.items() if value is not None}


def ask(browser: Browser, request: str, **beside: str) -> HttpResponse:
    response: HttpResponse = browser.get("/oauth/authorize", {"client_id": "bip", "request": request, **beside})
    return response


def refused(response: HttpResponse) -> bool:
    assert not AuthorizationCode.objects.exists()
    return response.status_code == 400 and not response.has_header("Location")


FAULTY: list[dict[str, Any]] = [
    {"aud": None},
    {"aud": "https://another.example"},
    {"iss": None},
    {"iss": "rival"},
    {"client_id": "rival"},
    {"client_id": None},
    {"exp": None},
    {"exp": 1},
    {"exp": 2**39},
    {"exp": "soon"},
    {"nbf": 2**39},
    {"sub": "bip"},
    {"request": "a.b.c"},
    {"request_uri": "https://internal.example/"},
    {"state": ["a", "b"]},
    {"redirect_uri": "https://evil.example/"},
]


@pytest.mark.parametrize("changes", FAULTY)
def test_an_object_that_is_not_for_us_now_is_refused_without_a_redirect(
    signing: Relying, claire: Browser, changes: dict[str, Any]
) -> None:
    assert refused(ask(claire, signed(KEY, content(signing, **changes), kid="one")))


def test_only_the_clients_own_key_signs(signing: Relying, claire: Browser) -> None:
    """Section 6.2; RFC 8725, 3.1 and 3.10: neither none, nor HS256 under a public key, nor a key that is brought."""
    whole = content(signing)
    forged = [
        signed(OTHER, whole, kid="one"),
        signed(OTHER, whole, kid="one", jwk=OTHER.as_dict(private=False)),
        signed(OTHER, whole, kid="one", jku="https://evil.example/keys"),
        signed(KEY, whole, kid="unknown"),
        signed(OctKey.import_key(json.dumps(public(KEY))), whole, alg="HS256", kid="one"),
        signed(RSAKey.generate_key(2048), whole, alg="RS256", kid="one"),
        signed(KEY, whole, kid="one", typ="logout+jwt"),
        signed(KEY, whole, kid="one").rsplit(".", 1)[0] + ".",
        "eyJhbGciOiJub25lIn0." + signed(KEY, whole, kid="one").split(".")[1] + ".",
    ]
    for request in forged:
        assert refused(ask(claire, request))


@pytest.mark.parametrize("changes", [{"state": "\ud800"}, {"login_hint": "\ud800"}, {"un\udfffheard": "a"}])
def test_half_a_character_is_refused(signing: Relying, claire: Browser, changes: dict[str, str]) -> None:
    """RFC 8259, section 8.2: JSON may hold lone surrogates, which no address and no database can."""
    whole = json.dumps(content(signing) | changes).encode()
    assert refused(ask(claire, jws.serialize_compact({"alg": "ES256", "kid": "one"}, whole, KEY)))


def test_a_client_without_keys_signs_nothing(bip: Relying, claire: Browser) -> None:
    assert refused(ask(claire, signed(KEY, content(bip))))


def test_another_algorithm_than_the_registered_is_refused(signing: Relying, cast: Cast, claire: Browser) -> None:
    """OpenID Connect registration, section 2: request_object_signing_alg."""
    keys = {"keys": [public(KEY, kid="one")]}
    define(cast.bip, jwks=keys, request_object_signing_alg="RS256")
    assert refused(ask(claire, signed(KEY, content(signing), kid="one")))
    define(cast.bip, jwks=keys, request_object_signing_alg="ES256")
    assert answered(ask(claire, signed(KEY, content(signing), kid="one")))["code"]


def test_what_is_beside_counts_for_nothing(signing: Relying, claire: Browser) -> None:
    """Section 6.3: parameters "included outside … MUST NOT" be used."""
    request = signed(KEY, content(signing, state="inside", code_challenge=None, code_challenge_method=None), kid="one")
    answer = answered(
        ask(claire, request, state="beside", code_challenge="x" * 43, redirect_uri="https://evil.example")
    )
    assert answer["state"] == "inside"
    assert signing.exchange(answer["code"], code_verifier=None).status_code == 200


def test_two_objects_are_none(signing: Relying, claire: Browser) -> None:
    request = signed(KEY, content(signing), kid="one")
    assert refused(claire.get("/oauth/authorize", {"client_id": "bip", "request": [request, request]}))


def test_numbers_and_objects_stand_for_their_parameters(signing: Relying, claire: Browser) -> None:
    """Section 4: "numeric values … as JSON numbers"; Core, 6.1: `claims` is an object."""
    wish = {"id_token": {"acr": {"essential": True, "value": "eidas3"}}}
    request = signed(KEY, content(signing, claims=wish, max_age=3600, prompt="none"), kid="one")
    assert answered(ask(claire, request))["error"] == "unmet_authentication_requirements"


def test_a_signed_request_may_be_pushed(signing: Relying, claire: Browser) -> None:
    """RFC 9126, section 3."""
    response = push(signing, request=signed(KEY, content(signing, state="inside"), kid="one"), state="beside")
    assert response.status_code == 201
    uri = response.json()["request_uri"]  # type: ignore[attr-defined]
    assert answered(bring(claire, uri))["state"] == "inside"
