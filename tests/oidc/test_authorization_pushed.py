"""RFC 9126, Pushed Authorization Requests: left by a client that proved itself, taken once, soon, by a browser."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.foundations import clock
from convergences.protocols.oidc.models import AuthorizationCode, Client, PushedRequest
from convergences.protocols.oidc.services import cleaning
from tests.cast import PASSWORD, Cast, set_password
from tests.oidc.relying import Relying, answered, define, encoded

pytestmark = pytest.mark.database
PREFIX = "urn:ietf:params:oauth:request_uri:"


def push(relying: Relying, *, secret: str = "", **changes: Any) -> HttpResponse:
    """Push a request, altered as told."""
    response: HttpResponse = relying.machine.post(
        "/oauth/par",
        encoded(relying.request(**changes)),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": relying.basic(secret)},
    )
    return response


def pushed(relying: Relying, **changes: Any) -> str:
    response = push(relying, **changes)
    assert response.status_code == 201, response.content
    uri: str = response.json()["request_uri"]  # type: ignore[attr-defined]
    return uri


def bring(browser: Browser, uri: str, client_id: str = "bip", **beside: str) -> HttpResponse:
    response: HttpResponse = browser.get("/oauth/authorize", {"client_id": client_id, "request_uri": uri, **beside})
    return response


def refused(response: HttpResponse) -> bool:
    return response.status_code == 400 and not response.has_header("Location")


FAULTY: list[tuple[dict[str, Any], str]] = [
    ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
    ({"request_uri": PREFIX + "x"}, "invalid_request"),
    ({"request_uri": "https://internal.example/"}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"scope": "profile"}, "invalid_scope"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"state": ["a", "b"]}, "invalid_request"),
    ({"claims": "["}, "invalid_request"),
    ({"unheard": "a\x00b"}, "invalid_request"),
    ({"un\x00heard": "a"}, "invalid_request"),
    ({"request": "a.b.c"}, "invalid_request_object"),
]


@pytest.mark.parametrize(("changes", "error"), FAULTY)
def test_what_authorize_would_refuse_is_refused_at_once(bip: Relying, changes: dict[str, Any], error: str) -> None:
    """Section 2.1: the server validates "as it would an authorization request sent to the authorization endpoint"."""
    response = push(bip, **changes)
    assert (response.status_code, response.json()["error"]) == (400, error)  # type: ignore[attr-defined]
    assert not PushedRequest.objects.exists()


def test_who_does_not_prove_itself_pushes_nothing(bip: Relying, rival: Relying) -> None:
    """Section 2: client authentication "exactly as … for requests to the token endpoint"."""
    assert push(bip, secret="not the secret at all, truly").status_code == 401
    assert push(rival, client_id="bip").status_code == 400
    assert not PushedRequest.objects.exists()


def test_the_request_of_another_client_is_unknown(bip: Relying, rival: Relying, claire: Browser) -> None:
    assert refused(bring(claire, pushed(bip), client_id="cotisations"))
    assert refused(bring(claire, PREFIX + "guessed"))
    assert refused(bring(claire, "https://169.254.169.254/latest"))
    assert not AuthorizationCode.objects.exists()


def test_it_is_taken_once(bip: Relying, claire: Browser) -> None:
    """Section 4, and section 7.3: "one-time use"."""
    uri = pushed(bip)
    assert answered(bring(claire, uri))["code"]
    assert refused(bring(claire, uri))


def test_an_error_uses_it_up_too(bip: Relying, claire: Browser) -> None:
    uri = pushed(bip, prompt="none")
    assert answered(bring(Browser(), uri))["error"] == "login_required"
    assert refused(bring(claire, uri))


def test_it_dies_after_its_seconds(bip: Relying, claire: Browser) -> None:
    uri = pushed(bip)
    with time_machine.travel(clock.now() + dt.timedelta(seconds=91), tick=False):
        assert refused(bring(claire, uri))


def test_what_the_browser_adds_counts_for_nothing(bip: Relying, claire: Browser) -> None:
    answer = answered(bring(claire, pushed(bip, state="pushed"), state="beside", scope="openid phone", prompt="none"))
    assert answer["state"] == "pushed"
    given = bip.exchange(answer["code"]).json()  # type: ignore[attr-defined]
    assert given["scope"] == "openid profile email"


def test_signing_in_may_take_longer_than_the_request_lives(bip: Relying, cast: Cast) -> None:
    browser = Browser()
    response = bring(browser, pushed(bip))
    following = parse_qs(urlsplit(response["Location"]).query)["next"][0]
    set_password(cast.claire.agent)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5)):
        browser.post("/connexion", {"identifier": cast.claire.agent.email, "password": PASSWORD, "next": following})
        assert answered(browser.get(following))["code"]
        assert refused(browser.get(following))


def test_the_answer_says_where_and_for_how_long_and_keeps_no_secret(bip: Relying) -> None:
    """Section 2.2: 201, request_uri and expires_in; "no-store"."""
    response = push(bip, client_secret=None)
    assert (response.status_code, response["Cache-Control"]) == (201, "no-store")
    content = response.json()  # type: ignore[attr-defined]
    assert content["expires_in"] == 90
    assert len(content["request_uri"]) > len(PREFIX) + 40
    kept = PushedRequest.objects.get()
    assert content["request_uri"].removeprefix(PREFIX) != kept.digest
    assert "client_secret" not in kept.parameters


def test_a_client_that_must_push_may_not_ask_otherwise(bip: Relying, cast: Cast, claire: Browser) -> None:
    """Section 6: require_pushed_authorization_requests."""
    define(cast.bip, require_pushed_authorization_requests=True)
    assert answered(bip.authorize(claire))["error"] == "invalid_request"
    assert answered(bring(claire, pushed(bip)))["code"]


def test_a_public_client_pushes_with_its_name(cast: Cast, bip: Relying, claire: Browser) -> None:
    define(cast.bip, token_endpoint_auth_method="none", client_secret=None)
    bip.client = Client.objects.get()
    form = encoded(bip.request())
    response = bip.machine.post("/oauth/par", form, content_type="application/x-www-form-urlencoded")
    assert answered(bring(claire, response.json()["request_uri"]))["code"]


def test_what_is_old_is_forgotten(bip: Relying) -> None:
    pushed(bip)
    cleaning.forget_expired(clock.now() + dt.timedelta(days=2))
    assert not PushedRequest.objects.exists()
