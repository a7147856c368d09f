"""OpenID Connect Core, section 5.3, and RFC 6750: who came, for the bearer of a token, and nothing beyond the sheet."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from convergences.directory.models import AgentState, Photo
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast
from tests.oidc.relying import ISSUER, Relying

pytestmark = pytest.mark.database


def test_the_sheet_and_the_scope_both_limit_what_is_said(bip: Relying, cast: Cast, claire: Browser) -> None:
    """5.4: scopes "request that specific sets of information be made available as Claim Values"."""
    told = bip.userinfo(bip.tokens(claire)["access_token"]).json()
    assert told == {
        "sub": cast.claire.agent.subject,
        "email": "claire.nguyen@pantin.example",
        "email_verified": True,
        "given_name": "Claire",
        "usual_name": "Nguyen",
        "organization": {"name": "Ville de Pantin", "siret": "21930055500014", "kind": "commune"},
        "roles": ["reader"],
    }
    narrow = bip.userinfo(bip.tokens(claire, scope="openid roles")["access_token"]).json()
    assert set(narrow) == {"sub"}, "the client was not allowed this scope"


def test_a_larger_sheet_says_more(bip: Relying, cast: Cast, claire: Browser) -> None:
    cast.bip.attributes = ["name", "family_name", "organizational_unit", "siret", "phone_number", "picture"]
    cast.bip.save()
    cast.claire.agent.phone = "+33100000000"
    cast.claire.agent.save()
    bip.client.scope = "openid profile phone"
    bip.client.save()
    told = bip.userinfo(bip.tokens(claire, scope="openid profile phone")["access_token"]).json()
    assert told.pop("sub")
    assert told == {
        "name": "Claire Nguyen",
        "family_name": "Nguyen",
        "organizational_unit": "Carrières",
        "siret": "21930055500014",
        "phone_number": "+33100000000",
    }


def test_a_photo_is_named_by_an_address_that_changes_with_it(bip: Relying, cast: Cast, claire: Browser) -> None:
    """5.1: picture, "URL of the End-User's profile picture"."""
    cast.bip.attributes = ["picture"]
    cast.bip.save()
    photo = Photo.objects.create(agent=cast.claire.agent, file="photos/x.webp", updated_at=clock.now())
    told = bip.userinfo(bip.tokens(claire)["access_token"]).json()
    assert told["picture"] == f"{ISSUER}/annuaire/photos/{photo.uid}"


def test_post_answers_as_get(bip: Relying, claire: Browser) -> None:
    """5.3: "The UserInfo Endpoint MUST support the use of the HTTP GET and HTTP POST methods"."""
    token = bip.tokens(claire)["access_token"]
    by_header = bip.machine.post("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
    by_form = bip.machine.post(
        "/oauth/userinfo", f"access_token={token}", content_type="application/x-www-form-urlencoded"
    )
    assert by_header.json() == by_form.json() == bip.userinfo(token).json()
    assert by_form["Cache-Control"] == "no-store"


def test_a_token_in_the_address_is_not_read(bip: Relying, claire: Browser) -> None:
    """RFC 9700, section 4.3.2: "Clients MUST NOT pass access tokens in a URI query parameter"."""
    token = bip.tokens(claire)["access_token"]
    assert bip.machine.get("/oauth/userinfo", {"access_token": token}).status_code == 401


def test_without_a_token_only_the_scheme_is_said(bip: Relying) -> None:
    """RFC 6750, 3.1: "If the request lacks any authentication information … the resource server SHOULD NOT include an
    error code or other error information."""
    response = bip.machine.get("/oauth/userinfo")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="http://testserver"'


@pytest.mark.parametrize("token", ["unknown", "x" * 600, "a b", "é", "\x00", ""])
def test_an_unknown_token_is_invalid(bip: Relying, token: str) -> None:
    """RFC 6750, 3.1: invalid_token, "SHOULD respond with the HTTP 401 (Unauthorized) status code"."""
    response = bip.machine.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_two_tokens_are_one_too_many(bip: Relying, claire: Browser) -> None:
    """RFC 6750, 2: "Clients MUST NOT use more than one method to transmit the token in each request."""
    token = bip.tokens(claire)["access_token"]
    response = bip.machine.post(
        "/oauth/userinfo",
        f"access_token={token}",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.status_code == 400
    assert 'error="invalid_request"' in response["WWW-Authenticate"]


def test_a_token_lives_ten_minutes(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    with time_machine.travel(clock.now() + dt.timedelta(minutes=10), tick=False):
        assert bip.userinfo(token).status_code == 401


def test_a_removed_right_is_dead_at_the_next_request(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    Entitlement.objects.update(closed_at=clock.now())
    assert bip.userinfo(token).status_code == 401


def test_a_changed_role_is_said_at_the_next_request(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    Entitlement.objects.update(roles=["reader", "manager"])
    assert bip.userinfo(token).json()["roles"] == ["reader", "manager"]


def test_a_suspended_agent_is_dead_at_the_next_request(bip: Relying, cast: Cast, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    cast.claire.agent.state = AgentState.SUSPENDED
    cast.claire.agent.save()
    assert bip.userinfo(token).status_code == 401


def test_a_suspended_membership_is_dead_at_the_next_request(bip: Relying, cast: Cast, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    cast.claire.suspended_at = clock.now()
    cast.claire.save()
    assert bip.userinfo(token).status_code == 401


def test_the_subject_survives_a_change_of_name_and_address(bip: Relying, cast: Cast, claire: Browser) -> None:
    """Core, 2: sub is "A locally unique and never reassigned identifier within the Issuer"."""
    before = bip.userinfo(bip.tokens(claire)["access_token"]).json()["sub"]
    cast.claire.agent.email, cast.claire.agent.family_name = "claire.roux@pantin.example", "Roux"
    cast.claire.agent.save()
    told = bip.userinfo(bip.tokens(claire)["access_token"]).json()
    assert (told["sub"], told["usual_name"]) == (before, "Roux")
