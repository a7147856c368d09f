"""OpenID Connect Core, section 3.1.2.1: prompt, max_age, id_token_hint and login_hint decide who must sign in again."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.authentication.models import Session
from convergences.foundations import clock
from tests.cast import PASSWORD, Cast, set_password, signed_in
from tests.oidc.relying import Relying, answered, entitle

pytestmark = pytest.mark.database


def sent_to_sign_in(response: HttpResponse) -> dict[str, str]:
    address = urlsplit(response["Location"])
    assert (response.status_code, address.path) == (303, "/connexion")
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def signs_in(browser: Browser, cast: Cast, response: HttpResponse) -> HttpResponse:
    """Sign Claire in by the form that she is shown, and bring her back to the endpoint."""
    set_password(cast.claire.agent)
    asked = sent_to_sign_in(response)
    form = {"identifier": cast.claire.agent.email, "password": PASSWORD, "next": asked["next"]}
    page = browser.post("/connexion", form)
    assert page.status_code == 200, "a page of ours goes on by itself: no redirect after a form leads elsewhere"
    back: HttpResponse = browser.get(asked["next"])
    return back


def test_a_stranger_signs_in_and_comes_back_with_a_code(bip: Relying, cast: Cast) -> None:
    browser = Browser()
    response = bip.authorize(browser)
    assert "encore" not in sent_to_sign_in(response)
    assert answered(signs_in(browser, cast, response))["code"]


def test_a_hint_fills_the_form(bip: Relying) -> None:
    asked = sent_to_sign_in(bip.authorize(Browser(), login_hint='claire@pantin.example"><script>'))
    page = Browser().get("/connexion", asked).content.decode()
    assert "claire@pantin.example&quot;&gt;&lt;script&gt;" in page


def test_prompt_none_tells_the_client_that_nobody_is_signed_in(bip: Relying) -> None:
    """ "The Authorization Server MUST NOT display any authentication or consent user interface pages." """
    assert answered(bip.authorize(Browser(), prompt="none"))["error"] == "login_required"


def test_prompt_none_is_silent_for_who_is_signed_in(bip: Relying, claire: Browser) -> None:
    assert answered(bip.authorize(claire, prompt="none"))["code"]


@pytest.mark.parametrize("prompt", ["login", "select_account", "login consent"])
def test_prompt_login_asks_again_and_once(bip: Relying, cast: Cast, claire: Browser, prompt: str) -> None:
    """ "The Authorization Server SHOULD prompt the End-User for reauthentication." """
    response = bip.authorize(claire, prompt=prompt)
    assert sent_to_sign_in(response)["encore"] == "1"
    assert answered(signs_in(claire, cast, response))["code"]
    assert Session.objects.filter(ended_at=None).count() == 1


def test_coming_back_without_signing_in_is_asked_again(bip: Relying, claire: Browser) -> None:
    asked = sent_to_sign_in(bip.authorize(claire, prompt="login"))
    assert sent_to_sign_in(claire.get(asked["next"]))


def test_the_proof_of_another_request_counts_for_nothing(bip: Relying, cast: Cast, claire: Browser) -> None:
    asked = sent_to_sign_in(bip.authorize(claire, prompt="login", state="one"))
    proof = parse_qs(urlsplit(asked["next"]).query)["asked"][0]
    browser = signed_in(cast.claire.agent)
    for forged in (proof, proof + "x", "x", ""):
        response = browser.get("/oauth/authorize", bip.request(prompt="login", state="two") | {"asked": forged})
        assert sent_to_sign_in(response)


def test_the_proof_of_a_sign_in_grows_old(bip: Relying, cast: Cast, claire: Browser) -> None:
    asked = sent_to_sign_in(bip.authorize(claire, prompt="login"))
    with time_machine.travel(clock.now() + dt.timedelta(minutes=31), tick=False):
        assert sent_to_sign_in(signed_in(cast.claire.agent).get(asked["next"]))


def test_consent_is_not_asked_of_agents(bip: Relying, claire: Browser) -> None:
    """The centre decided what an application receives: its sheet stands for consent."""
    assert answered(bip.authorize(claire, prompt="consent", scope="openid offline_access"))["code"]


def test_max_age_sends_an_old_session_to_sign_in(bip: Relying, cast: Cast, claire: Browser) -> None:
    """ "If the elapsed time is greater than this value, the OP MUST attempt to actively re-authenticate." """
    assert answered(bip.authorize(claire, max_age="60"))["code"]
    with time_machine.travel(clock.now() + dt.timedelta(seconds=90)):
        response = bip.authorize(claire, max_age="60")
        assert answered(signs_in(claire, cast, response))["code"]


def test_max_age_zero_asks_always_and_ends(bip: Relying, cast: Cast, claire: Browser) -> None:
    response = bip.authorize(claire, max_age="0")
    assert answered(signs_in(claire, cast, response))["code"]
    assert sent_to_sign_in(bip.authorize(claire, max_age="0"))


def test_max_age_with_prompt_none_is_an_error(bip: Relying, claire: Browser) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(seconds=90), tick=False):
        answer = answered(bip.authorize(claire, max_age="60", prompt="none"))
    assert answer["error"] == "login_required"


def test_a_hint_that_names_somebody_else_asks_them_to_sign_in(bip: Relying, cast: Cast, claire: Browser) -> None:
    """ "otherwise, it MUST return an error, such as login_required." """
    entitle(cast.nadia, cast.bip)
    hint = bip.tokens(signed_in(cast.nadia.agent))["id_token"]
    assert answered(bip.authorize(claire, id_token_hint=hint, prompt="none"))["error"] == "login_required"
    response = bip.authorize(claire, id_token_hint=hint)
    assert answered(signs_in(claire, cast, response))["error"] == "login_required"


def test_a_hint_that_names_who_is_there_goes_on(bip: Relying, claire: Browser) -> None:
    hint = bip.tokens(claire)["id_token"]
    assert answered(bip.authorize(claire, id_token_hint=hint, prompt="none"))["code"]
