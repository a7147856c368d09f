"""OpenID Connect Core, section 5.5: claims asked for one by one (`acr` is `test_authorization_acr.py`'s)."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from convergences.protocols.oidc import id_tokens
from tests.cast import Cast, signed_in
from tests.oidc.relying import Relying, answered, define, entitle

pytestmark = pytest.mark.database

FAULTY = [
    "[",
    "[]",
    "null",
    "1",
    '{"userinfo": []}',
    '{"userinfo": {"email": true}}',
    '{"id_token": {"acr": {"essential": true, "values": "eidas1"}}}',
    '{"id_token": {"acr": {"essential": true, "value": 3}}}',
    '{"id_token": {"sub": {"values": ["a", "b"]}}}',
    "[" * 1000,
    json.dumps({"id_token": {"acr": {"values": ["x"] * 30}}}),
]


def acr(*values: str, essential: bool = True) -> str:
    return json.dumps({"id_token": {"acr": {"essential": essential, "values": values}}})


def told(given: dict[str, Any]) -> dict[str, Any]:
    content = id_tokens.read_hint(given["id_token"])
    assert content is not None
    return content


@pytest.mark.parametrize("claims", FAULTY)
def test_what_is_malformed_is_an_error_and_never_ignored(bip: Relying, claire: Browser, claims: str) -> None:
    assert answered(bip.authorize(claire, claims=claims))["error"] == "invalid_request"


def test_nothing_is_released_beyond_the_sheet_and_the_clients_scope(cast: Cast, bip: Relying, claire: Browser) -> None:
    """Rule 9: the sheet is all that an application may ever receive."""
    cast.bip.attributes = ["email"]
    cast.bip.save()
    define(cast.bip, scope="openid email offline_access")
    wish = json.dumps(
        {place: {"email": None, "given_name": None, "phone_number": None} for place in ("userinfo", "id_token")}
    )
    given = bip.tokens(claire, scope="openid", claims=wish)
    for content in (told(given), bip.userinfo(given["access_token"]).json()):
        assert content["email"] == cast.claire.agent.email
        assert not {"given_name", "phone_number"} & set(content)


def test_reserved_claims_cannot_be_asked_away(bip: Relying, claire: Browser) -> None:
    wish = json.dumps({"id_token": {"iss": {"value": "https://evil.example"}, "aud": {"value": "x"}, "unheard": None}})
    content = told(bip.tokens(claire, claims=wish))
    assert (content["iss"], content["aud"]) == ("http://testserver", "bip")


def test_each_place_receives_its_own_claims(cast: Cast, bip: Relying, claire: Browser) -> None:
    """5.5: "userinfo" and "id_token" each list "the individual Claims … requested to be returned" there."""
    wish = json.dumps({"id_token": {"email": {"essential": True}}, "userinfo": {"given_name": None}})
    given = bip.tokens(claire, scope="openid", claims=wish)
    assert (told(given)["email"], "given_name" in told(given)) == (cast.claire.agent.email, False)
    info = bip.userinfo(given["access_token"]).json()
    assert (info["given_name"], "email" in info) == (cast.claire.agent.given_name, False)


def test_they_outlive_a_refresh(cast: Cast, bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire, scope="openid", claims='{"userinfo": {"given_name": null}}')
    again = bip.refresh(given["refresh_token"]).json()
    assert bip.userinfo(again["access_token"]).json()["given_name"] == cast.claire.agent.given_name


def test_acr_asked_in_both_places_must_hold_in_both(bip: Relying, claire: Browser) -> None:
    wish = {
        place: {"acr": {"essential": True, "value": value}}
        for place, value in (("userinfo", "eidas1-mfa"), ("id_token", "eidas1"))
    }
    answer = answered(bip.authorize(claire, claims=json.dumps(wish), prompt="none"))
    assert answer["error"] == "unmet_authentication_requirements"


def test_a_subject_asked_for_is_the_one_who_enters(bip: Relying, cast: Cast, claire: Browser) -> None:
    """5.5.1: with "value", another agent's sign-in does not answer, as with id_token_hint."""
    entitle(cast.nadia, cast.bip)
    wish = json.dumps({"id_token": {"sub": {"value": cast.claire.agent.subject}}})
    assert answered(bip.authorize(claire, claims=wish, prompt="none"))["code"]
    other = bip.authorize(signed_in(cast.nadia.agent), claims=wish, prompt="none")
    assert answered(other)["error"] == "login_required"
