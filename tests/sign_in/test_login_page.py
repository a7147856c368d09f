"""Connexion: what strangers learn from it, and where it leads."""

import datetime as dt
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.web.serving import cookies
from tests.cast import PASSWORD, Cast, set_password, signed_in
from tests.sign_in.walking import WRONG, browser, sign_in, token_of, words

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, tzinfo=dt.UTC)
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "https://testserver.evil.example/",
    "/%0d%0aSet-Cookie:x=1\r\n",
]


@pytest.fixture
def email(cast: Cast) -> str:
    """Claire's identifier; she has a password."""
    set_password(cast.claire.agent)
    return cast.claire.agent.email or ""


@pytest.mark.parametrize("address", ELSEWHERE)
def test_next_never_leads_to_another_site(email: str, address: str) -> None:
    answer = sign_in(browser(), email, next=address)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    page = browser().get(f"/connexion?next={quote(address)}")
    assert "evil.example" not in page.content.decode()


def test_next_leads_to_a_page_of_ours(email: str) -> None:
    client = browser()
    assert 'name="next" value="/annuaire/profil"' in client.get("/connexion?next=/annuaire/profil").content.decode()
    assert sign_in(client, email, next="/annuaire/profil")["Location"] == "/annuaire/profil"


def test_a_form_from_another_site_signs_nobody_in(email: str) -> None:
    client = browser(enforce_csrf_checks=True)
    client.get("/connexion")
    assert sign_in(client, email).status_code == 403
    assert not Session.objects.exists()


def test_the_form_of_the_page_signs_in(email: str) -> None:
    client = browser(enforce_csrf_checks=True)
    token = client.get("/connexion").context["csrf_token"]
    assert sign_in(client, email, csrfmiddlewaretoken=str(token)).status_code == 302
    assert sessions.find(token_of(client)) is not None


def test_the_forms_of_before_sign_in_are_worth_nothing_after(email: str) -> None:
    client = browser(enforce_csrf_checks=True)
    before = str(client.get("/connexion").context["csrf_token"])
    sign_in(client, email, csrfmiddlewaretoken=before)
    assert client.post("/deconnexion", {"csrfmiddlewaretoken": before}).status_code == 403


def test_a_planted_token_opens_nothing_after_sign_in(cast: Cast, email: str) -> None:
    attacker = signed_in(cast.karim.agent)
    planted = token_of(attacker)
    victim = browser()
    victim.cookies["session"] = planted
    sign_in(victim, email)
    assert token_of(victim) != planted
    assert sessions.find(planted) is None


def test_unknown_identifier_and_wrong_password_give_the_same_page(email: str) -> None:
    known, unknown = sign_in(browser(), email, WRONG), sign_in(browser(), "personne@pantin.example", WRONG)
    assert known.status_code == unknown.status_code == 200
    same = words(unknown).replace("personne@pantin.example", email)
    assert words(known) == same
    assert "Identifiant ou mot de passe incorrect. Il vous reste 4 essais." in words(known)
    assert "Erreur : Connexion" in words(known)


def test_the_password_typed_is_not_sent_back(email: str) -> None:
    assert WRONG not in sign_in(browser(), email, WRONG).content.decode()


@pytest.mark.parametrize("who", ["claire.nguyen@pantin.example", "personne@pantin.example"])
def test_after_five_failures_the_page_says_when_and_what_to_do(email: str, who: str) -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(4):
            sign_in(browser(), who, WRONG)
        answer = sign_in(browser(), who, WRONG, next="/annuaire/profil")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "120"
    assert "Connexion suspendue pendant 2 minutes" in words(answer)
    assert "possible à nouveau à 12 h 02" in words(answer)
    assert "/reinitialisation?next=%2Fannuaire%2Fprofil" in answer.content.decode()


def test_an_empty_form_asks_for_both_fields(cast: Cast) -> None:
    answer = browser().post("/connexion", {})
    assert "Saisissez votre identifiant." in words(answer)
    assert "Saisissez votre mot de passe." in words(answer)


def test_spaces_around_a_password_are_part_of_it(email: str) -> None:
    assert sign_in(browser(), email, f" {PASSWORD}").status_code == 200


def test_the_cookies_are_out_of_reach_of_scripts_and_of_other_sites(email: str) -> None:
    client = browser()
    sign_in(client, email)
    session, known = client.cookies["session"], client.cookies[cookies.BROWSER_COOKIE]
    assert session["httponly"]
    assert known["httponly"]
    assert session["samesite"] == "Lax"
    assert session["path"] == "/"
    assert not session["domain"]


def test_the_browser_is_known_at_the_next_sign_in(email: str) -> None:
    client = browser()
    sign_in(client, email)
    client.post("/deconnexion")
    for _ in range(5):
        sign_in(browser(), email, WRONG)
    assert sign_in(browser(), email).status_code == 429
    assert sign_in(client, email).status_code == 302


def test_somebody_signed_in_goes_on_at_once(cast: Cast) -> None:
    client = signed_in(cast.claire.agent)
    assert client.get("/connexion")["Location"] == "/"
    assert client.get("/connexion?next=/annuaire/profil")["Location"] == "/annuaire/profil"
    assert client.get("/connexion?next=https://evil.example/")["Location"] == "/"


def test_an_application_may_ask_to_sign_in_again(email: str, cast: Cast) -> None:
    client = signed_in(cast.claire.agent)
    before = token_of(client)
    page = client.get("/connexion?encore=1&next=/annuaire/profil")
    assert page.status_code == 200
    assert f'value="{email}"' in page.content.decode()
    sign_in(client, email, next="/annuaire/profil")
    assert sessions.find(before) is None
    assert sessions.find(token_of(client)) is not None


def test_nothing_of_it_is_kept_in_a_cache(email: str) -> None:
    assert "no-store" in browser().get("/connexion")["Cache-Control"]
    assert "no-store" in sign_in(browser(), email, WRONG)["Cache-Control"]


def test_pasting_and_password_managers_are_welcome(db: None) -> None:
    page = browser().get("/connexion").content.decode()
    assert 'autocomplete="username webauthn"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page
    assert "maxlength" not in page


def test_no_other_method_is_answered(db: None) -> None:
    for method in ("put", "delete", "patch"):
        assert getattr(Client(), method)("/connexion").status_code == 405


def test_too_many_passwords_at_once_ask_to_come_back(email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from convergences.authentication import hashing

    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(hashing, "_turns", turns)
    monkeypatch.setattr(hashing, "_PATIENCE", 0.01)
    with turns:
        answer = sign_in(browser(), email)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
