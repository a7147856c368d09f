"""A passkey as the second step: of a sign-in, and of a session that must be stronger."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from convergences.authentication.models import Level, Session
from convergences.authentication.services import sessions
from convergences.web.serving import cookies
from tests.authentication.passkeying import enrol
from tests.authentication.proving import with_totp
from tests.authenticator import Authenticator
from tests.cast import Cast, set_password, signed_in
from tests.sign_in.walking import browser, sign_in, token_of, words

pytestmark = pytest.mark.database

STEP = "/connexion/verification"
STEP_UP = "/verification?next=/annuaire/securite"


@pytest.fixture
def key(cast: Cast) -> Authenticator:
    """Claire has a password and a passkey, and no session."""
    set_password(cast.claire.agent)
    made = enrol(cast.claire.agent)[1]
    Session.objects.all().delete()
    return made


def _half_way(cast: Cast) -> Client:
    client = browser()
    assert sign_in(client, cast.claire.agent.email)["Location"] == STEP
    return client


def _asked(client: Client, path: str) -> dict[str, str]:
    """Return what the page gives to its script."""
    page = client.get(path).content.decode()
    found = {
        name: re.search(pattern, page)
        for name, pattern in (("options", r'data-options="([^"]+)"'), ("sealed", r'name="sealed" value="([^"]+)"'))
    }
    return {name: html.unescape(match[1]) for name, match in found.items() if match}


def _answer(client: Client, key: Authenticator, path: str = STEP, **more: str) -> Any:
    asked = _asked(client, path)
    return client.post(path, {"sealed": asked["sealed"], "answer": key.get(asked["options"]), **more})


def _session(client: Client) -> Session | None:
    return sessions.find(token_of(client))


def test_a_password_and_a_passkey_open_the_session(cast: Cast, key: Authenticator) -> None:
    client = _half_way(cast)
    page = client.get(STEP)
    assert "Utiliser ma clé d'accès" in words(page)
    assert "Code de votre application" not in words(page)
    assert _answer(client, key, remember="on")["Location"] == "/"
    session = _session(client)
    assert session is not None
    assert (session.level, session.factors) == (Level.TWO_FACTORS, ["pwd", "pop", "mfa"])
    assert client.cookies[cookies.DEVICE_COOKIE].value


def test_the_passkey_of_another_agent_opens_nothing(cast: Cast, key: Authenticator) -> None:
    other = enrol(cast.moussa.agent)[1]
    client = _half_way(cast)
    answer = _answer(client, other)
    assert answer.status_code == 422
    assert "n'a pas été reconnue" in words(answer)
    assert _session(client) is None


def test_an_answer_to_another_s_challenge_opens_nothing(cast: Cast, key: Authenticator) -> None:
    asked = _asked(_half_way(cast), STEP)
    client = _half_way(cast)
    answer = client.post(STEP, {"sealed": asked["sealed"], "answer": key.get(asked["options"])})
    assert answer.status_code == 422
    assert _session(client) is None


@pytest.mark.parametrize("answer", ["{}", "[]", "pas du JSON", '{"id": 1}', "x" * 70_000])
def test_an_answer_that_is_none_is_refused_as_a_page(cast: Cast, key: Authenticator, answer: str) -> None:
    client = _half_way(cast)
    sent = client.post(STEP, {"sealed": _asked(client, STEP)["sealed"], "answer": answer})
    assert sent.status_code == 422
    assert _session(client) is None


def test_an_answer_is_taken_once(cast: Cast, key: Authenticator) -> None:
    client = signed_in(cast.claire.agent)
    asked = _asked(client, STEP_UP)
    sent = {"sealed": asked["sealed"], "answer": key.get(asked["options"])}
    assert client.post(STEP_UP, sent)["Location"] == "/annuaire/securite"
    assert client.post(STEP_UP, sent).status_code == 422


def test_a_session_is_strengthened_and_keeps_its_name(cast: Cast, key: Authenticator) -> None:
    client = signed_in(cast.claire.agent)
    before = _session(client)
    _answer(client, key, STEP_UP)
    after = _session(client)
    assert before is not None
    assert after is not None
    assert (before.uid, after.level) == (after.uid, Level.TWO_FACTORS)


def test_a_suspended_application_of_codes_does_not_suspend_the_key(cast: Cast, key: Authenticator) -> None:
    with_totp(cast.claire.agent)
    client = _half_way(cast)
    answers = [client.post(STEP, {"code": "000000"}).status_code for _ in range(5)]
    assert answers[-1] == 429
    assert _answer(_half_way(cast), key)["Location"] == "/"


def test_without_a_script_the_page_says_what_to_do(cast: Cast, key: Authenticator) -> None:
    told = words(_half_way(cast).get(STEP))
    assert "Votre clé d'accès demande JavaScript" in told
    assert "Je n'ai pas ma clé d'accès" in told
