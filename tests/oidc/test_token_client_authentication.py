"""RFC 6749, section 2.3: a client proves who it is, by the one method it registered."""

import base64
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from tests.cast import Cast
from tests.oidc.relying import CALLBACK, SECRET, VERIFIER, Relying, define, encoded, entitle

pytestmark = pytest.mark.database


def post(fields: dict[str, Any], authorization: str = "") -> HttpResponse:
    headers = {"Authorization": authorization} if authorization else {}
    response: HttpResponse = Browser().post(
        "/oauth/token", encoded(fields), content_type="application/x-www-form-urlencoded", headers=headers
    )
    return response


def form(code: str, **fields: Any) -> dict[str, Any]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **fields,
    }


def basic(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def assert_unknown(response: HttpResponse) -> None:
    """5.2: "The authorization server MAY return an HTTP 401 … MUST include the "WWW-Authenticate" response header"."""
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"  # type: ignore[attr-defined]
    assert response["WWW-Authenticate"].startswith("Basic ")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "authorization",
    [
        basic("bip:wrong"),
        basic("bip:"),
        basic("bip"),
        basic(":" + SECRET),
        basic("nobody:" + SECRET),
        basic("b\x00ip:x"),
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic",
        "Bearer x",
        "Digest x",
    ],
)
def test_a_wrong_proof_is_refused(bip: Relying, claire: Browser, authorization: str) -> None:
    assert_unknown(post(form(bip.code(claire)), authorization))


def test_an_unknown_client_and_a_wrong_secret_get_the_same_words(bip: Relying) -> None:
    known = post(form("x"), basic("bip:wrong")).json()  # type: ignore[attr-defined]
    unknown = post(form("x"), basic("nobody:wrong")).json()  # type: ignore[attr-defined]
    assert known == unknown


def test_a_confidential_client_does_not_pass_as_a_public_one(bip: Relying, claire: Browser) -> None:
    """3.2.1: "Confidential clients … MUST authenticate with the authorization server"."""
    assert_unknown(post(form(bip.code(claire), client_id="bip")))


def test_the_method_is_the_one_registered(bip: Relying, claire: Browser) -> None:
    assert_unknown(post(form(bip.code(claire), client_id="bip", client_secret=SECRET)))


def test_the_secret_in_the_form_is_taken_from_who_registered_it(cast: Cast, claire: Browser) -> None:
    entitle(cast.claire, cast.bip)
    bip = Relying(define(cast.bip, token_endpoint_auth_method="client_secret_post"))
    code = bip.code(claire)
    assert_unknown(post(form(code, client_id="bip", client_secret="wrong")))
    assert_unknown(post(form(code), basic("bip:" + SECRET)))
    assert post(form(code, client_id="bip", client_secret=SECRET)).status_code == 200


def test_two_proofs_are_one_too_many(bip: Relying, claire: Browser) -> None:
    """2.3: "The client MUST NOT use more than one authentication method in each request."""
    response = post(form(bip.code(claire), client_secret=SECRET), bip.basic())
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"  # type: ignore[attr-defined]


def test_a_client_id_that_contradicts_the_header_is_refused(bip: Relying, claire: Browser) -> None:
    response = post(form(bip.code(claire), client_id="other"), bip.basic())
    assert response.json()["error"] == "invalid_request"  # type: ignore[attr-defined]


def test_a_public_client_needs_no_secret_and_may_show_none(cast: Cast, claire: Browser) -> None:
    entitle(cast.claire, cast.bip)
    bip = Relying(define(cast.bip, token_endpoint_auth_method="none", client_secret=None))
    code = bip.code(claire)
    assert_unknown(post(form(code), basic("bip:" + SECRET)))
    assert bip.exchange(code).status_code == 200


def test_both_secrets_are_good_during_a_rollover(cast: Cast, claire: Browser) -> None:
    entitle(cast.claire, cast.bip)
    following = "the next secret of the tests, quite long"
    bip = Relying(define(cast.bip, client_secret=[following, SECRET]))
    assert bip.exchange(bip.code(claire)).status_code == 200
    bip.secret = following
    assert bip.exchange(bip.code(claire)).status_code == 200
    define(cast.bip, client_secret=following)
    bip.secret = SECRET
    assert_unknown(bip.exchange(bip.code(claire)))


def test_a_secret_with_signs_is_form_decoded(cast: Cast, claire: Browser) -> None:
    """2.3.1: "The client identifier is encoded using the "application/x-www-form-urlencoded" encoding algorithm"."""
    entitle(cast.claire, cast.bip)
    define(cast.bip, client_secret="des é+% signes : assez long")
    code = Relying(define(cast.bip, client_secret="des é+% signes : assez long")).code(claire)
    assert post(form(code), basic("bip:des+%C3%A9%2B%25+signes+%3A+assez+long")).status_code == 200
