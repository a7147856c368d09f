"""RFC 6749, section 4.1.3, and OpenID Connect Core, section 3.1.3: a code becomes tokens, once, for its own client."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Browser

from convergences.audit.models import AuditEvent
from convergences.authentication.models import Session
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.protocols.oidc.models import AccessToken, AuthorizationCode, Grant
from tests.cast import Cast, signed_in
from tests.oidc.relying import Relying, entitle

pytestmark = pytest.mark.database


def assert_refused(response: object, error: str = "invalid_grant", status: int = 400) -> None:
    assert response.status_code == status  # type: ignore[attr-defined]
    assert response.json()["error"] == error  # type: ignore[attr-defined]


def test_a_code_used_twice_is_refused_and_revokes_what_it_gave(bip: Relying, claire: Browser) -> None:
    """4.1.2: "If an authorization code is used more than once, the authorization server MUST deny the request and
    SHOULD revoke (when possible) all tokens previously issued based on that authorization code."""
    code = bip.code(claire)
    given = bip.exchange(code).json()
    assert_refused(bip.exchange(code))
    assert bip.userinfo(given["access_token"]).status_code == 401
    assert_refused(bip.refresh(given["refresh_token"]))
    assert AuditEvent.objects.filter(action="oidc.code_replayed").count() == 1


def test_a_thief_who_insists_writes_the_journal_once(bip: Relying, claire: Browser) -> None:
    code = bip.code(claire)
    for _ in range(4):
        bip.exchange(code)
    assert AuditEvent.objects.filter(action="oidc.code_replayed").count() == 1


def test_the_code_of_another_client_is_refused_and_left_alone(bip: Relying, rival: Relying, claire: Browser) -> None:
    """4.1.3: "ensure that the authorization code was issued to the authenticated confidential client"."""
    code = bip.code(claire)
    assert_refused(rival.exchange(code, redirect_uri=bip.redirect_uri))
    assert bip.exchange(code).status_code == 200


def test_another_client_cannot_revoke_by_replaying(bip: Relying, rival: Relying, claire: Browser) -> None:
    code = bip.code(claire)
    given = bip.exchange(code).json()
    assert_refused(rival.exchange(code, redirect_uri=bip.redirect_uri))
    assert bip.userinfo(given["access_token"]).status_code == 200


@pytest.mark.parametrize("uri", ["https://bip.example/other", "https://bip.example/callback/", "", None])
def test_another_redirect_uri_is_refused(bip: Relying, claire: Browser, uri: str | None) -> None:
    """4.1.3: "ensure that the redirect_uri parameter is present … and … their values are identical"."""
    error = "invalid_grant" if uri else "invalid_request"
    assert_refused(bip.exchange(bip.code(claire), redirect_uri=uri), error)


def test_a_code_lives_one_minute(bip: Relying, claire: Browser) -> None:
    """4.1.2: "The authorization code MUST expire shortly after it is issued"."""
    code = bip.code(claire)
    with time_machine.travel(clock.now() + dt.timedelta(seconds=61), tick=False):
        assert_refused(bip.exchange(code))


@pytest.mark.parametrize("code", ["unknown", "\x00", "é" * 50, "x" * 9000])
def test_an_unknown_code_is_refused(bip: Relying, code: str) -> None:
    assert_refused(bip.exchange(code))


def test_a_right_removed_between_code_and_token_refuses_the_token(bip: Relying, cast: Cast, claire: Browser) -> None:
    code = bip.code(claire)
    Entitlement.objects.filter(membership=cast.claire).update(closed_at=clock.now())
    assert_refused(bip.exchange(code))
    assert Grant.objects.count() == 0


def test_a_session_ended_between_code_and_token_refuses_the_token(bip: Relying, claire: Browser) -> None:
    code = bip.code(claire)
    Session.objects.update(ended_at=clock.now())
    assert_refused(bip.exchange(code))


def test_the_answer_is_not_kept_and_says_what_was_granted(bip: Relying, claire: Browser) -> None:
    """5.1: "The authorization server MUST include the HTTP "Cache-Control" response header field with … "no-store"."""
    response = bip.exchange(bip.code(claire, scope="openid profile unheard"))
    assert response["Cache-Control"] == "no-store"
    given = response.json()
    assert given["token_type"] == "Bearer"
    assert given["expires_in"] == 600
    assert given["scope"] == "openid profile"
    assert set(given) == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}


def test_nothing_given_is_kept_in_clear(bip: Relying, claire: Browser) -> None:
    code = bip.code(claire)
    given = bip.exchange(code).json()
    kept = repr(list(AuthorizationCode.objects.values())) + repr(list(AccessToken.objects.values()))
    kept += repr(list(AuditEvent.objects.values()))
    assert not [secret for secret in (code, given["access_token"], given["refresh_token"]) if secret in kept]


def test_a_client_that_may_not_refresh_gets_no_refresh_token(bip: Relying, claire: Browser) -> None:
    bip.client.grant_types = ["authorization_code"]
    bip.client.save()
    assert "refresh_token" not in bip.tokens(claire)


def test_the_token_endpoint_answers_posts_only(bip: Relying) -> None:
    """3.2: "The client MUST use the HTTP "POST" method when making access token requests."""
    response = bip.machine.get("/oauth/token")
    assert response.status_code == 405
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("grant_type", ["password", "implicit", "urn:x"])
def test_other_grants_are_not_served(bip: Relying, grant_type: str) -> None:
    """RFC 9700, section 2.4: "The resource owner password credentials grant MUST NOT be used."""
    assert_refused(bip.token(grant_type=grant_type, username="a", password="b"), "unsupported_grant_type")


def test_a_missing_field_is_named(bip: Relying) -> None:
    response = bip.token(grant_type="authorization_code")
    assert_refused(response, "invalid_request")
    assert response.json()["error_description"] == "code is missing"


def test_a_repeated_field_is_refused(bip: Relying, claire: Browser) -> None:
    """3.2: "Request and response parameters MUST NOT be included more than once."""
    assert_refused(
        bip.exchange(bip.code(claire), redirect_uri=["https://a.example", bip.redirect_uri]), "invalid_request"
    )


def test_only_forms_are_read(bip: Relying) -> None:
    headers = {"Authorization": bip.basic()}
    response = bip.machine.post("/oauth/token", "{}", content_type="application/json", headers=headers)
    assert_refused(response, "invalid_request")


def test_parameters_in_the_address_count_for_nothing(bip: Relying, claire: Browser) -> None:
    """2.3.1: "The parameters can only be transmitted in the request-body"."""
    address = f"/oauth/token?client_id=bip&client_secret={bip.secret}&grant_type=authorization_code"
    response = bip.machine.post(address, "code=x", content_type="application/x-www-form-urlencoded")
    assert_refused(response, "invalid_client", 401)


def test_two_members_are_told_apart(bip: Relying, cast: Cast, claire: Browser) -> None:
    entitle(cast.nadia, cast.bip, "manager")
    first, second = bip.tokens(claire), bip.tokens(signed_in(cast.nadia.agent))
    subjects = {bip.userinfo(given["access_token"]).json()["sub"] for given in (first, second)}
    assert subjects == {cast.claire.agent.subject, cast.nadia.agent.subject}
