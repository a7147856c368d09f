"""OpenID Connect Core, sections 5.5 and 3.1.2.1 (acr_values): claims asked for one by one, and essential `acr`."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser

from convergences.authentication.models import Session
from convergences.catalog.models import Application, Assurance
from convergences.protocols.oidc import id_tokens
from convergences.protocols.oidc.models import AuthorizationCode
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


def test_an_essential_acr_that_cannot_be_had_is_refused_and_told(bip: Relying, claire: Browser) -> None:
    """unmet_authentication_requirements 1.0, and Core, 5.5.1.1: "treat that outcome as a failed authentication"."""
    silent = answered(bip.authorize(claire, claims=acr("eidas1-mfa"), prompt="none"))
    assert silent["error"] == "unmet_authentication_requirements"
    page = bip.authorize(claire, claims=acr("eidas1-mfa", "eidas3"))
    assert (page.status_code, AuthorizationCode.objects.count()) == (403, 0)
    assert "vérification en deux étapes" in page.content.decode()
    link = re.search(r'href="(/oauth/authorize\?[^"]*left=[a-z_]*)"', page.content.decode())
    assert link is not None
    assert answered(claire.get(unescape(link[1])))["error"] == "unmet_authentication_requirements"


@pytest.mark.parametrize(
    ("wish", "error"), [({"claims": acr("eidas2")}, "unmet_authentication_requirements"), ({}, "access_denied")]
)
def test_a_sheet_that_wants_more_gives_the_client_the_error_it_asked_for(
    cast: Cast, bip: Relying, claire: Browser, wish: dict[str, str], error: str
) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance=Assurance.FRESH_SECOND_FACTOR)
    page = bip.authorize(claire, **wish)
    link = re.search(r'href="(/oauth/authorize\?[^"]*left=[a-z_]*)"', page.content.decode())
    assert (page.status_code, link is not None) == (403, True)
    assert answered(claire.get(unescape(link[1])))["error"] == error  # type: ignore[index]


def test_acr_asked_in_both_places_must_hold_in_both(bip: Relying, claire: Browser) -> None:
    wish = {
        place: {"acr": {"essential": True, "value": value}}
        for place, value in (("userinfo", "eidas1-mfa"), ("id_token", "eidas1"))
    }
    answer = answered(bip.authorize(claire, claims=json.dumps(wish), prompt="none"))
    assert answer["error"] == "unmet_authentication_requirements"


def test_an_essential_acr_that_is_held_is_given_back(bip: Relying, cast: Cast, claire: Browser) -> None:
    """5.5.1.1: the OP "MUST return an acr Claim Value that matches one of the requested values"."""
    assert told(bip.tokens(claire, claims=acr("eidas1-mfa", "eidas1")))["acr"] == "eidas1"
    Session.objects.update(factors=["pwd", "otp"])
    assert told(bip.tokens(claire, claims=acr("eidas1")))["acr"] == "eidas1"
    assert told(bip.tokens(claire, claims=acr("eidas1", "eidas1-mfa")))["acr"] == "eidas1-mfa"


@pytest.mark.parametrize("wish", [{"acr_values": "eidas3 eidas1-mfa"}, {"claims": acr("eidas3", essential=False)}])
def test_a_voluntary_acr_is_best_effort_and_the_real_one_is_told(
    bip: Relying, claire: Browser, wish: dict[str, str]
) -> None:
    """3.1.2.1: acr_values is "requested as a Voluntary Claim"; the claim says what was done."""
    assert told(bip.tokens(claire, **wish))["acr"] == "eidas1"


def test_a_subject_asked_for_is_the_one_who_enters(bip: Relying, cast: Cast, claire: Browser) -> None:
    """5.5.1: with "value", another agent's sign-in does not answer, as with id_token_hint."""
    entitle(cast.nadia, cast.bip)
    wish = json.dumps({"id_token": {"sub": {"value": cast.claire.agent.subject}}})
    assert answered(bip.authorize(claire, claims=wish, prompt="none"))["code"]
    other = bip.authorize(signed_in(cast.nadia.agent), claims=wish, prompt="none")
    assert answered(other)["error"] == "login_required"
