"""Whatever is sent, the answer is the protocol's: no breakdown, no redirection to an address that is nobody's."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import build_cast, signed_in
from tests.draws import drawn
from tests.oidc.relying import AFTER_LOGOUT, CALLBACK, Relying, define, entitle

FORM = "application/x-www-form-urlencoded"
OURS = ("/", CALLBACK, AFTER_LOGOUT)
NAMES = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "id_token_hint",
    "login_hint",
    "asked",
    "request",
    "response_mode",
    "claims",
    "grant_type",
    "code",
    "code_verifier",
    "refresh_token",
    "token",
    "client_secret",
    "post_logout_redirect_uri",
    "ticket",
    "access_token",
    "client_assertion",
    "client_assertion_type",
    "resource",
]
HONEST = ("code", "bip", CALLBACK, AFTER_LOGOUT, "openid", "S256", "x" * 43, "none", "login", "0", "refresh_token")
VALUES = st.one_of(st.sampled_from(HONEST), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
ANY = st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES, min_size=1, max_size=2), max_size=12)
DOORS = st.sampled_from(["authorize", "token", "userinfo", "revoke", "introspect", "logout", "jwks"])


@pytest.mark.database
class AnyInput(TestCase):
    """Hypothesis looks for the request that breaks something."""

    @given(door=DOORS, sent=ANY, header=st.one_of(st.just(""), st.text(max_size=40)))
    @settings(max_examples=drawn(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_no_request_breaks_the_server_nor_makes_it_redirect_elsewhere(
        self, door: str, sent: dict[str, list[str]], header: str
    ) -> None:
        browser, honest = self.staged()
        headers = {"Authorization": header.encode("ascii", "ignore").decode()} if header else {}
        query = urlencode(sent, doseq=True)
        answers = [
            browser.get(f"/oauth/{door}?{query}", headers=headers),
            browser.post(f"/oauth/{door}", query, content_type=FORM, headers=headers),
            browser.get(f"/oauth/{door}", {**honest, **sent}),
        ]
        assert all(answer.status_code < 500 for answer in answers)
        assert all(answer.get("Location", "/").startswith(OURS) for answer in answers)

    def staged(self) -> tuple[Browser, dict[str, Any]]:
        cast = build_cast()
        entitle(cast.claire, cast.bip)
        return signed_in(cast.claire.agent), Relying(define(cast.bip)).request()
