"""Réinitialisation: asked for somebody else, by a link of another purpose, used twice."""

import pytest
from django.test import Client

from convergences.authentication.limits import CODES_FROM_ADDRESS
from convergences.authentication.models import AttemptCounter, SingleUseCode
from convergences.authentication.services import sessions
from convergences.directory.models import AgentState
from tests.authentication.doing import NEW, UNKNOWN, letters
from tests.cast import PASSWORD, Cast, set_password
from tests.sign_in.walking import WRONG, ask_code, browser, last_letter, open_link, sign_in, token_of, words

pytestmark = pytest.mark.database

CHOSEN = {"new": NEW, "confirmation": NEW}


@pytest.fixture
def email(cast: Cast) -> str:
    """Claire's identifier; she has a password."""
    set_password(cast.claire.agent)
    return cast.claire.agent.email or ""


def _asked(email: str, **more: str) -> Client:
    client = browser()
    client.post("/reinitialisation", {"email": email, **more})
    return client


def test_from_the_address_to_the_new_password(email: str) -> None:
    stolen = browser()
    sign_in(stolen, email)
    client = browser()
    page = client.post("/reinitialisation", {"email": email}, follow=True)
    assert f"Si l'adresse {email} correspond à un compte" in words(page)
    assert "Choisissez un nouveau mot de passe" in words(open_link(client, last_letter()))
    page = client.post("/reinitialisation/mot-de-passe", CHOSEN, follow=True)
    assert "Votre mot de passe est modifié" in words(page)
    assert sessions.find(token_of(stolen)) is None
    assert sign_in(browser(), email, PASSWORD).status_code == 200
    assert sign_in(browser(), email, NEW).status_code == 302


def test_known_unknown_invited_and_suspended_see_the_same_page(cast: Cast, email: str) -> None:
    cast.lucie.agent.state = AgentState.INVITED
    cast.lucie.agent.save()
    cast.moussa.agent.state = AgentState.SUSPENDED
    cast.moussa.agent.save()
    asked = [email, UNKNOWN, cast.lucie.agent.email or "", cast.moussa.agent.email or ""]
    seen = [words(browser().post("/reinitialisation", {"email": one}, follow=True)).replace(one, "X") for one in asked]
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert [letter.recipient for letter in letters()] == [email, cast.lucie.agent.email]


def test_opening_the_link_changes_nothing_and_using_it_twice_neither(email: str) -> None:
    client = _asked(email)
    letter = last_letter()
    open_link(browser(), letter)
    assert SingleUseCode.objects.get().used_at is None
    assert sign_in(browser(), email).status_code == 302
    open_link(client, letter)
    client.post("/reinitialisation/mot-de-passe", CHOSEN)
    assert open_link(browser(), letter).status_code == 410
    assert client.post("/reinitialisation/mot-de-passe", CHOSEN)["Location"] == "/reinitialisation"


def test_two_browsers_with_the_same_link_set_one_password(email: str) -> None:
    _asked(email)
    first, second = browser(), browser()
    open_link(first, last_letter())
    open_link(second, last_letter())
    first.post("/reinitialisation/mot-de-passe", CHOSEN)
    assert second.post("/reinitialisation/mot-de-passe", {"new": WRONG, "confirmation": WRONG}).status_code == 410
    assert sign_in(browser(), email, NEW).status_code == 302


def test_a_link_of_the_first_visit_resets_nothing(cast: Cast, email: str) -> None:
    cast.lucie.agent.state = AgentState.INVITED
    cast.lucie.agent.save()
    ask_code(browser(), cast.lucie.agent.email)
    first = last_letter().token
    _asked(email)
    assert browser().get("/reinitialisation/lien", {"cle": first}).status_code == 410
    assert browser().get("/premiere-visite/lien", {"cle": last_letter().token}).status_code == 410


@pytest.mark.parametrize("key", ["", "x", "\x00", "é" * 3000])
def test_an_invented_link_says_that_it_no_longer_serves(db: None, key: str) -> None:
    page = browser().get("/reinitialisation/lien", {"cle": key})
    assert page.status_code == 410
    assert "Ce lien ne sert plus" in words(page)


def test_a_reset_wakes_no_suspended_account(cast: Cast, email: str) -> None:
    client = _asked(email)
    open_link(client, last_letter())
    type(cast.claire.agent).objects.filter(pk=cast.claire.agent.pk).update(state=AgentState.SUSPENDED)
    assert client.post("/reinitialisation/mot-de-passe", CHOSEN).status_code == 410
    cast.claire.agent.refresh_from_db()
    assert cast.claire.agent.state == AgentState.SUSPENDED


def test_an_agent_blocked_by_somebody_else_comes_in_after_a_reset(email: str) -> None:
    for _ in range(6):
        sign_in(browser(), email, WRONG)
    client = _asked(email)
    open_link(client, last_letter())
    client.post("/reinitialisation/mot-de-passe", CHOSEN)
    assert sign_in(browser(), email, NEW).status_code == 429
    assert sign_in(client, email, NEW).status_code == 302


def test_where_one_wanted_to_go_is_kept_to_the_end(email: str) -> None:
    client = _asked(email, next="/annuaire/profil")
    open_link(client, last_letter())
    page = client.post("/reinitialisation/mot-de-passe", CHOSEN, follow=True)
    assert 'href="/connexion?next=%2Fannuaire%2Fprofil"' in page.content.decode()


def test_too_many_requests_of_one_network_are_told_to_wait(db: None) -> None:
    assert _asked("agent@pantin.example")
    AttemptCounter.objects.update(window_count=CODES_FROM_ADDRESS.cap - 1)
    assert _asked("agente@pantin.example")
    answer = browser().post("/reinitialisation", {"email": "encore@pantin.example"})
    assert answer.status_code == 429
    assert "Trop de demandes depuis votre réseau" in words(answer)
    assert int(answer["Retry-After"]) > 0


def test_steps_do_not_open_without_the_one_before(db: None) -> None:
    for page, back in (
        ("envoyee", "/reinitialisation"),
        ("mot-de-passe", "/reinitialisation"),
        ("terminee", "/connexion"),
    ):
        assert browser().get(f"/reinitialisation/{page}")["Location"] == back
