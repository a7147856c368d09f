"""RFC 6749, section 6, and RFC 9700, section 4.14.2: refresh tokens are replaced at each use, and a theft shows."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from convergences.audit.models import AuditEvent
from convergences.authentication.models import Session
from convergences.directory.models import AgentState
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.protocols.oidc.models import RefreshToken
from tests.cast import Cast
from tests.oidc.relying import Relying

pytestmark = pytest.mark.database


def later(**by: int) -> time_machine.travel:
    return time_machine.travel(clock.now() + dt.timedelta(**by), tick=False)


def assert_dead(bip: Relying, refresh_token: str) -> None:
    response = bip.refresh(refresh_token)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"  # type: ignore[attr-defined]


def test_a_token_used_again_ends_the_whole_family(bip: Relying, claire: Browser) -> None:
    """4.14.2: "the authorization server cannot determine which party submitted the invalid refresh token, but it will
    revoke the active refresh token."""
    stolen = bip.tokens(claire)["refresh_token"]
    renewed = bip.refresh(stolen).json()
    with later(minutes=1):
        assert_dead(bip, stolen)
        assert_dead(bip, renewed["refresh_token"])
        assert bip.userinfo(renewed["access_token"]).status_code == 401
    assert AuditEvent.objects.filter(action="oidc.refresh_reused").count() == 1


def test_a_token_used_again_after_its_successor_ends_the_family_at_once(bip: Relying, claire: Browser) -> None:
    first = bip.tokens(claire)["refresh_token"]
    second = bip.refresh(first).json()["refresh_token"]
    third = bip.refresh(second).json()["refresh_token"]
    assert_dead(bip, first)
    assert_dead(bip, third)


def test_an_answer_that_got_lost_is_given_again(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["refresh_token"]
    lost = bip.refresh(token).json()
    again = bip.refresh(token).json()
    assert again["refresh_token"] == lost["refresh_token"]
    assert bip.userinfo(again["access_token"]).status_code == 200
    assert bip.refresh(again["refresh_token"]).status_code == 200


def test_a_flood_of_the_same_token_ends_the_family(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["refresh_token"]
    answers = [bip.refresh(token).status_code for _ in range(6)]
    assert answers == [200, 200, 200, 200, 400, 400]
    assert RefreshToken.objects.count() == 2


def test_the_token_of_another_client_is_refused(bip: Relying, rival: Relying, claire: Browser) -> None:
    """6: "The refresh token is bound to the client to which it was issued."""
    token = bip.tokens(claire)["refresh_token"]
    assert_dead(rival, token)
    assert bip.refresh(token).status_code == 200


def test_an_access_token_is_no_refresh_token(bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)
    assert_dead(bip, given["access_token"])
    assert bip.userinfo(given["refresh_token"]).status_code == 401


def test_a_removed_right_refuses_the_refresh(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["refresh_token"]
    Entitlement.objects.update(closed_at=clock.now())
    assert_dead(bip, token)


def test_a_suspended_agent_is_refused(bip: Relying, cast: Cast, claire: Browser) -> None:
    given = bip.tokens(claire, scope="openid offline_access")
    cast.claire.agent.state = AgentState.SUSPENDED
    cast.claire.agent.save()
    assert_dead(bip, given["refresh_token"])
    assert bip.userinfo(given["access_token"]).status_code == 401


def test_a_session_that_ended_ends_the_family(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["refresh_token"]
    Session.objects.update(ended_at=clock.now())
    assert_dead(bip, token)


def test_working_in_the_application_keeps_the_session_alive_ten_hours_at_most(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["refresh_token"]
    start = clock.now()
    for hours in range(1, 13):
        with time_machine.travel(start + dt.timedelta(hours=hours * 0.8), tick=False):
            token = bip.refresh(token).json()["refresh_token"]
    with time_machine.travel(start + dt.timedelta(hours=10, seconds=1), tick=False):
        assert_dead(bip, token)


def test_an_hour_without_a_word_ends_the_family(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["refresh_token"]
    with later(hours=1, seconds=1):
        assert_dead(bip, token)


def test_offline_access_outlives_the_session_but_not_the_right(bip: Relying, claire: Browser) -> None:
    """OpenID Connect Core, section 11: "obtain an Access Token that grants access … even when the End-User is not
    present (not logged in)."""
    token = bip.tokens(claire, scope="openid email offline_access")["refresh_token"]
    Session.objects.update(ended_at=clock.now())
    renewed = bip.refresh(token).json()
    assert bip.userinfo(renewed["access_token"]).status_code == 200
    Entitlement.objects.update(closed_at=clock.now())
    assert bip.userinfo(renewed["access_token"]).status_code == 401
    assert_dead(bip, renewed["refresh_token"])


def test_offline_access_ends_after_thirty_days(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire, scope="openid email offline_access")["refresh_token"]
    with later(days=30, seconds=1):
        assert_dead(bip, token)


def test_a_narrower_scope_is_granted_and_a_wider_one_refused(bip: Relying, claire: Browser) -> None:
    """6: "The requested scope MUST NOT include any scope not originally granted by the resource owner"."""
    token = bip.tokens(claire, scope="openid email")["refresh_token"]
    wider = bip.refresh(token, scope="openid email profile")
    assert wider.json()["error"] == "invalid_scope"  # type: ignore[attr-defined]
    narrower = bip.refresh(token, scope="openid").json()
    assert narrower["scope"] == "openid"
    assert "email" not in bip.userinfo(narrower["access_token"]).json()


def test_a_client_without_the_grant_may_not_refresh(bip: Relying, claire: Browser) -> None:
    """5.2: unauthorized_client, "The authenticated client is not authorized to use this authorization grant type."""
    token = bip.tokens(claire)["refresh_token"]
    bip.client.grant_types = ["authorization_code"]
    bip.client.save()
    assert bip.refresh(token).json()["error"] == "unauthorized_client"  # type: ignore[attr-defined]
