"""Créer une clé d'accès."""

import datetime as dt
import html
import re
from typing import Any

import pytest

from convergences.authentication.models import Level, Passkey, Session
from convergences.foundations import clock
from tests.authenticator import Authenticator
from tests.cast import Cast, signed_in
from tests.sign_in.walking import EDGE, words

pytestmark = pytest.mark.database

PAGE = "/annuaire/securite/deux-etapes/cle"


@pytest.fixture
def client(cast: Cast) -> Any:
    """Claire, signed in a moment ago."""
    return signed_in(cast.claire.agent, headers={"user-agent": EDGE})


def create(client: Any, key: Authenticator, address: str = PAGE, **more: str) -> Any:
    """Do what the page's script does."""
    page = client.get(address).content.decode()
    options = html.unescape(re.search(r'data-options="([^"]+)"', page)[1])  # type: ignore[index]
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]  # type: ignore[index]
    return client.post(address, {"sealed": sealed, "answer": key.create(options), "name": "Poste", **more})


def test_the_page_proposes_a_name_that_one_recognises(client: Any) -> None:
    page = client.get(PAGE)
    assert "Windows Hello sur Edge" in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_the_first_one_leads_to_the_recovery_codes_in_a_stronger_session(cast: Cast, client: Any) -> None:
    before = client.cookies["session"].value
    answer = create(client, Authenticator(), f"{PAGE}?next=/annuaire/profil")
    assert answer["Location"] == "/annuaire/securite/codes-de-secours?next=%2Fannuaire%2Fprofil"
    session = Session.objects.get()
    assert (session.level, session.factors) == (Level.TWO_FACTORS, ["pwd", "pop", "mfa"])
    assert client.cookies["session"].value != before
    assert Passkey.objects.get().name == "Poste"


def test_an_old_session_is_asked_who_it_is_first(client: Any) -> None:
    long_ago = clock.now() - dt.timedelta(minutes=6)
    Session.objects.update(password_at=long_ago, second_factor_at=None)
    for answer in (client.get(PAGE), client.post(PAGE, {"sealed": "x", "answer": "{}"})):
        assert answer["Location"].startswith("/verification?")
    assert not Passkey.objects.exists()


def test_what_the_browser_got_wrong_is_said_and_asked_again(client: Any) -> None:
    page = create(client, Authenticator(origin="https://evil.example"), name="Poste du bureau")
    assert page.status_code == 422
    assert "La clé d'accès n'a pas été créée" in words(page)
    assert "Poste du bureau" in page.content.decode()
    assert not Passkey.objects.exists()


def test_a_form_without_an_answer_creates_nothing(client: Any) -> None:
    client.get(PAGE)
    assert client.post(PAGE, {"name": "Poste"}).status_code == 422


def test_the_page_of_another_session_is_worth_nothing_here(cast: Cast, client: Any) -> None:
    other = signed_in(cast.claire.agent).get(PAGE).content.decode()
    options = html.unescape(re.search(r'data-options="([^"]+)"', other)[1])  # type: ignore[index]
    sealed = re.search(r'name="sealed" value="([^"]+)"', other)[1]  # type: ignore[index]
    answer = client.post(PAGE, {"sealed": sealed, "answer": Authenticator().create(options)})
    assert answer.status_code == 422
    assert not Passkey.objects.exists()


def test_at_an_address_without_a_name_the_page_says_so(client: Any, settings: Any) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    page = client.get(PAGE)
    assert "ouvert par son nom" in words(page)
    assert "data-options" not in page.content.decode()
