"""RFC 7009: a client gives a token back."""

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from tests.oidc.relying import Relying, encoded

pytestmark = pytest.mark.database


def revoke(bip: Relying, **form: str) -> HttpResponse:
    headers = {"Authorization": bip.basic()}
    response: HttpResponse = bip.machine.post(
        "/oauth/revoke", encoded(form), content_type="application/x-www-form-urlencoded", headers=headers
    )
    return response


def test_a_refresh_token_takes_its_family_along(bip: Relying, claire: Browser) -> None:
    """2.1: "the authorization server SHOULD also invalidate all access tokens based on the same … grant"."""
    given = bip.tokens(claire)
    renewed = bip.refresh(given["refresh_token"]).json()
    assert revoke(bip, token=renewed["refresh_token"], token_type_hint="refresh_token").status_code == 200
    for token in (given["access_token"], renewed["access_token"]):
        assert bip.userinfo(token).status_code == 401
    assert bip.refresh(renewed["refresh_token"]).status_code == 400


def test_an_access_token_goes_alone(bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)
    assert revoke(bip, token=given["access_token"]).status_code == 200
    assert bip.userinfo(given["access_token"]).status_code == 401
    assert bip.refresh(given["refresh_token"]).status_code == 200


def test_a_wrong_hint_changes_nothing(bip: Relying, claire: Browser) -> None:
    """2.1: "If the server is unable to locate the token using the given hint, it MUST extend its search"."""
    given = bip.tokens(claire)
    revoke(bip, token=given["access_token"], token_type_hint="refresh_token")
    assert bip.userinfo(given["access_token"]).status_code == 401


def test_the_token_of_another_client_is_left_alone(bip: Relying, rival: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)
    assert revoke(rival, token=given["refresh_token"]).status_code == 200
    assert revoke(rival, token=given["access_token"]).status_code == 200
    assert bip.userinfo(given["access_token"]).status_code == 200


def test_an_unknown_token_is_answered_alike(bip: Relying) -> None:
    """2.2: "invalid tokens do not cause an error response"."""
    assert revoke(bip, token="unknown").status_code == 200


def test_a_client_that_proves_nothing_is_refused(bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)
    bip.secret = "a wrong secret of the tests, but long"
    assert revoke(bip, token=given["access_token"]).status_code == 401
    assert bip.userinfo(given["access_token"]).status_code == 200


def test_the_token_is_required(bip: Relying) -> None:
    assert revoke(bip).json()["error"] == "invalid_request"  # type: ignore[attr-defined]
