"""Under https every cookie of these pages carries the prefix `__Host-`: no neighbouring host can plant it."""

import pytest
from django.conf import settings
from django.test import override_settings

from tests.cast import Cast, set_password
from tests.sign_in.walking import browser

pytestmark = pytest.mark.database


@override_settings(SECURE=True, SESSION_COOKIE_SECURE=True)
def test_what_a_step_leaves_is_bound_to_this_host(cast: Cast) -> None:
    set_password(cast.claire.agent)
    client = browser()
    client.post("/reinitialisation", {"email": cast.claire.agent.email}, secure=True)
    kept = client.cookies["__Host-reset"]
    assert kept["secure"]
    assert kept["httponly"]
    assert kept["path"] == "/"
    assert not kept["domain"]
    assert cast.claire.agent.email not in kept.value


def test_the_session_s_name_follows_the_address_of_the_portal() -> None:
    expected = "__Host-session" if settings.SECURE else "session"
    assert expected == settings.SESSION_COOKIE_NAME
