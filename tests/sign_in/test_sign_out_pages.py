"""Déconnexion, déconnecté, session terminée."""

import datetime as dt

import pytest
import time_machine

from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.foundations import clock
from tests.cast import Cast, signed_in
from tests.sign_in.walking import browser, token_of, words

pytestmark = pytest.mark.database


def test_a_link_or_a_form_from_elsewhere_signs_nobody_out(cast: Cast) -> None:
    client = signed_in(cast.claire.agent, enforce_csrf_checks=True)
    client.get("/deconnexion")
    assert client.post("/deconnexion").status_code == 403
    assert sessions.find(token_of(client)) is not None


def test_it_asks_then_ends_the_session_and_cleans_the_browser(cast: Cast) -> None:
    client = signed_in(cast.claire.agent)
    token = token_of(client)
    assert "Voulez-vous vraiment vous déconnecter ?" in words(client.get("/deconnexion"))
    answer = client.post("/deconnexion")
    assert answer["Location"] == "/deconnecte"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert sessions.find(token) is None
    assert Session.objects.get().end_reason == "signed_out"
    assert token_of(client) == ""
    assert "Vous êtes déconnecté" in words(client.get("/deconnecte"))


def test_signing_out_twice_is_signing_out(cast: Cast) -> None:
    client = signed_in(cast.claire.agent)
    client.post("/deconnexion")
    assert client.post("/deconnexion")["Location"] == "/deconnecte"
    assert browser().get("/deconnexion")["Location"] == "/deconnecte"


def test_the_token_kept_from_before_opens_nothing(cast: Cast) -> None:
    client = signed_in(cast.claire.agent)
    token = token_of(client)
    client.post("/deconnexion")
    thief = browser()
    thief.cookies["session"] = token
    assert thief.get("/deconnexion").status_code == 302


def test_after_an_idle_hour_one_is_told_so_and_comes_back_to_the_page(cast: Cast) -> None:
    client = signed_in(cast.claire.agent)
    with time_machine.travel(clock.now() + dt.timedelta(hours=1, minutes=1), tick=False):
        page = client.get("/session-terminee?next=/annuaire/profil")
    assert "Sans activité pendant 1 heure" in words(page)
    assert 'href="/connexion?next=%2Fannuaire%2Fprofil"' in page.content.decode()
    assert "evil" not in client.get("/session-terminee?next=//evil.example").content.decode()
