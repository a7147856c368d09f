"""Connexion by a passkey alone: the page, what it asks, what it answers."""

import json
from typing import Any

import pytest
from django.test import Client

from convergences.authentication.models import Level, Session
from convergences.authentication.services import sessions
from convergences.directory.models import Agent, AgentState
from tests.authentication.passkeying import enrol
from tests.authenticator import Authenticator
from tests.cast import Cast, signed_in
from tests.sign_in.walking import browser, token_of, words

pytestmark = pytest.mark.database

REFUSED = "Cette clé d'accès n'a pas été reconnue"


def sign_in(client: Client, key: Authenticator, *, onward: str = "/", **lies: Any) -> Any:
    """Do what the page's script does."""
    asked = client.get("/connexion/cle/demande").json()
    answer = key.get(json.dumps(asked["options"]), **lies)
    return client.post("/connexion/cle", {"sealed": asked["sealed"], "answer": answer, "next": onward})


@pytest.fixture
def key(cast: Cast) -> Authenticator:
    """Claire's key; she signs in with nothing else."""
    made = enrol(cast.claire.agent)[1]
    Session.objects.all().delete()
    return made


def test_the_page_proposes_it_and_reading_it_writes_nothing(cast: Cast) -> None:
    page = browser().get("/connexion").content.decode()
    assert 'autocomplete="username webauthn"' in page
    assert 'data-options-from="/connexion/cle/demande"' in page
    assert "js/passkeys.js" in page
    assert browser().get("/connexion/cle/demande")["Cache-Control"] == "no-store"


def test_a_passkey_alone_signs_in_at_two_factors(cast: Cast, key: Authenticator) -> None:
    client = browser()
    assert sign_in(client, key, onward="/annuaire/profil")["Location"] == "/annuaire/profil"
    session = sessions.find(token_of(client))
    assert session is not None
    assert (session.agent, session.level, session.factors) == (cast.claire.agent, Level.TWO_FACTORS, ["pop", "mfa"])
    assert (session.password_at, session.second_factor_at is not None) == (None, True)


@pytest.mark.parametrize("lies", [{"signature": b"x"}, {"handle": None}, {"type": "webauthn.create"}])
def test_a_wrong_answer_shows_the_page_again(key: Authenticator, lies: dict[str, Any]) -> None:
    client = browser()
    page = sign_in(client, key, onward="/annuaire/profil", **lies)
    assert (page.status_code, token_of(client)) == (200, "")
    assert REFUSED in words(page)
    assert page.content.decode().count('name="next" value="/annuaire/profil"') == 2


def test_an_unknown_key_and_a_suspended_agent_read_the_same(cast: Cast, key: Authenticator) -> None:
    stranger = Authenticator()
    stranger.handle = b"0" * 32
    Agent.objects.filter(pk=cast.claire.agent.pk).update(state=AgentState.SUSPENDED)
    pages = [words(sign_in(browser(), each)) for each in (stranger, key)]
    assert pages[0] == pages[1]
    assert REFUSED in pages[0]


def test_a_challenge_replayed_opens_nothing(key: Authenticator) -> None:
    asked = browser().get("/connexion/cle/demande").json()
    sent = {"sealed": asked["sealed"], "answer": key.get(json.dumps(asked["options"]))}
    assert browser().post("/connexion/cle", sent).status_code == 302
    client = browser()
    assert "Recommencez" in words(client.post("/connexion/cle", sent))
    assert token_of(client) == ""


def test_a_form_from_another_site_signs_nobody_in(key: Authenticator) -> None:
    client = browser(enforce_csrf_checks=True)
    assert sign_in(client, key).status_code == 403
    assert not Session.objects.exists()


def test_the_session_of_before_ends_and_a_planted_token_opens_nothing(cast: Cast, key: Authenticator) -> None:
    victim = browser()
    planted = token_of(signed_in(cast.karim.agent))
    victim.cookies["session"] = planted
    sign_in(victim, key)
    assert token_of(victim) != planted
    assert sessions.find(planted) is None


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example"])
def test_next_never_leads_to_another_site(key: Authenticator, address: str) -> None:
    assert sign_in(browser(), key, onward=address)["Location"] == "/"


def test_a_portal_without_a_name_proposes_none(settings: Any) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert "data-passkey" not in browser().get("/connexion").content.decode()
    assert browser().get("/connexion/cle/demande").status_code == 404


@pytest.mark.parametrize("sent", [{}, {"answer": "{}"}, {"answer": "x" * 100_000, "sealed": "\x00"}, {"sealed": "x"}])
def test_what_nobody_answered_shows_the_page_again(db: None, sent: dict[str, str]) -> None:
    assert browser().post("/connexion/cle", sent).status_code == 200


def test_the_address_read_leads_to_connexion() -> None:
    assert browser().get("/connexion/cle?next=/annuaire/")["Location"] == "/connexion?next=%2Fannuaire%2F"
