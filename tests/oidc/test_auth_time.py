"""`auth_time`, "the last active authentication event" (RFC 9470), and `max_age`, counted from it (Core, 3.1.2.1)."""

import datetime as dt

import pytest
from django.test import Client as Browser

from convergences.authentication.models import RememberedDevice, Session
from convergences.foundations import clock
from convergences.protocols.oidc import id_tokens
from tests.cast import Cast, strengthen
from tests.oidc.relying import Relying, answered

pytestmark = pytest.mark.database
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def old(claire: Browser) -> Browser:
    """Claire, who signed in two hours ago and has been at work since."""
    before = clock.now() - 2 * HOUR
    Session.objects.update(authenticated_at=before, password_at=before)
    return claire


def auth_time(bip: Relying, browser: Browser, **wish: str) -> float:
    """How many seconds ago the ID token says that the agent was there."""
    content = id_tokens.read_hint(bip.tokens(browser, **wish)["id_token"])
    assert content is not None
    return clock.now().timestamp() - content["auth_time"]


def test_it_is_the_sign_in(bip: Relying, old: Browser) -> None:
    assert auth_time(bip, old) == pytest.approx(7200, abs=5)


def test_it_is_the_second_step_when_that_came_later(bip: Relying, cast: Cast, old: Browser) -> None:
    strengthen(cast.claire.agent, second_factor_at=clock.now() - dt.timedelta(minutes=3))
    assert auth_time(bip, old) == pytest.approx(180, abs=5)


def test_max_age_counts_from_the_same_instant(bip: Relying, cast: Cast, old: Browser) -> None:
    assert answered(bip.authorize(old, max_age="300", prompt="none"))["error"] == "login_required"
    strengthen(cast.claire.agent, second_factor_at=clock.now() - dt.timedelta(minutes=3))
    assert auth_time(bip, old, max_age="300") == pytest.approx(180, abs=5)
    assert answered(bip.authorize(old, max_age="60", prompt="none"))["error"] == "login_required"


def test_a_second_step_is_not_the_new_sign_in_that_prompt_login_asks_for(
    bip: Relying, cast: Cast, old: Browser
) -> None:
    strengthen(cast.claire.agent)
    assert bip.authorize(old, prompt="login")["Location"].startswith("/connexion")


def test_a_remembered_device_proves_nothing_of_now(bip: Relying, cast: Cast, old: Browser) -> None:
    now = clock.now()
    device = RememberedDevice.objects.create(
        agent=cast.claire.agent, token_digest="d", created_at=now, last_used_at=now, expires_at=now + HOUR
    )
    Session.objects.update(remembered_device=device)
    assert answered(bip.authorize(old, max_age="300", prompt="none"))["error"] == "login_required"
    assert auth_time(bip, old) == pytest.approx(7200, abs=5)
