"""RFC 7636, and RFC 9700, sections 2.1.1 and 4.8: a stolen code is worth nothing without its verifier."""

import pytest
from django.test import Client as Browser

from convergences.protocols.oidc.models import AuthorizationCode
from tests.cast import Cast
from tests.oidc.relying import VERIFIER, Relying, answered, challenge_of, define, entitle

pytestmark = pytest.mark.database


@pytest.fixture
def public(cast: Cast) -> Relying:
    """A client that keeps no secret."""
    entitle(cast.claire, cast.bip)
    return Relying(define(cast.bip, token_endpoint_auth_method="none", client_secret=None))


def assert_refused(bip: Relying, browser: Browser, **changes: str | list[str] | None) -> None:
    answer = answered(bip.authorize(browser, **changes))
    assert answer["error"] == "invalid_request"
    assert not AuthorizationCode.objects.exists()


def test_a_public_client_must_give_a_challenge(public: Relying, claire: Browser) -> None:
    """RFC 9700, 2.1.1: "Public clients MUST use PKCE"; RFC 7636, 4.4.1: error "invalid_request"."""
    assert_refused(public, claire, code_challenge=None, code_challenge_method=None)


@pytest.mark.parametrize("method", ["plain", None, "s256", "S512", "none"])
def test_only_s256_is_taken(public: Relying, claire: Browser, method: str | None) -> None:
    """RFC 7636, 4.2: "Clients … MUST NOT … downgrade to "plain"; an absent method would mean plain."""
    assert_refused(public, claire, code_challenge=VERIFIER, code_challenge_method=method)


@pytest.mark.parametrize("challenge", ["short", "x" * 42, "x" * 44, "é" * 43, "x" * 42 + "=", "x" * 43 + "\n"])
def test_a_malformed_challenge_is_refused(public: Relying, claire: Browser, challenge: str) -> None:
    assert_refused(public, claire, code_challenge=challenge)


def test_a_method_without_a_challenge_is_refused(bip: Relying, claire: Browser) -> None:
    assert_refused(bip, claire, code_challenge=None)


@pytest.mark.parametrize("verifier", [None, "", VERIFIER[:-1], VERIFIER + "x", "x" * 43, challenge_of(VERIFIER), "é"])
def test_the_code_needs_its_verifier(bip: Relying, claire: Browser, verifier: str | None) -> None:
    """RFC 7636, 4.6: "If the values are not equal, an error response indicating "invalid_grant" … MUST be returned."""
    response = bip.exchange(bip.code(claire), code_verifier=verifier)
    assert response.json()["error"] == "invalid_grant"  # type: ignore[attr-defined]


def test_a_verifier_for_a_code_without_challenge_is_a_downgrade(bip: Relying, claire: Browser) -> None:
    """RFC 9700, 4.8.2: "if there was no code_challenge in the authorization request, a request to the token endpoint
    containing a code_verifier is rejected."""
    code = bip.code(claire, code_challenge=None, code_challenge_method=None)
    assert bip.exchange(code).status_code == 400
    assert bip.exchange(code, code_verifier=None).status_code == 200


def test_the_codes_of_two_sessions_cannot_be_swapped(bip: Relying, claire: Browser) -> None:
    """RFC 9700, 4.5: a code injected into another's session meets another verifier."""
    other = "another-verifier-of-the-tests-which-is-long-too"
    code = bip.code(claire, code_challenge=challenge_of(other))
    assert bip.exchange(code).status_code == 400
    assert bip.exchange(code, code_verifier=other).status_code == 200


def test_a_public_client_goes_through_with_its_verifier(public: Relying, claire: Browser) -> None:
    given = public.tokens(claire)
    assert public.userinfo(given["access_token"]).status_code == 200
    assert public.refresh(given["refresh_token"]).status_code == 200
