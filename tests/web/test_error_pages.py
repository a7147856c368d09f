"""Error pages: no technical word, a way out, a reference; 500 and 503 without the database."""

from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from convergences.web import errors
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.usefixtures("probes")
PHOTO = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(50_000_000)}


def test_500_answers_without_the_database_and_without_the_detail() -> None:
    # No database mark: any query would fail this test.
    answer = Client(raise_request_exception=False).get("/probe/boom")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Un problème est survenu de notre côté" in page
    assert "secret detail" not in page
    assert answer["X-Reference"] in page


def test_500_answers_somebody_signed_in_when_the_database_is_down() -> None:
    browser = Client(raise_request_exception=False)
    browser.cookies["session"] = "a" * 43
    with patch("convergences.web.middleware.sessions.find", side_effect=OperationalError):
        assert "Vous n’avez rien fait de mal" in browser.get("/").content.decode()


def test_500_answers_when_its_own_template_is_broken() -> None:
    with patch("convergences.web.errors.render_to_string", side_effect=OSError):
        answer = Client(raise_request_exception=False).get("/probe/boom")
    assert (answer.status_code, answer["Cache-Control"]) == (500, "no-store")


def test_404_to_a_stranger_offers_the_way_home() -> None:
    answer = Client().get("/nulle-part")
    assert answer.status_code == 404
    assert "Cette page est introuvable" in answer.content.decode()
    assert "Revenir à l’accueil" in answer.content.decode()


def test_404_to_an_agent_keeps_their_menu(cast: Cast) -> None:
    page = signed_in(cast.claire.agent).get("/nulle-part").content.decode()
    assert "Bienvenue, <strong>Claire Nguyen</strong>" in page
    assert "Vos applications sont toujours là." in page


def test_403_names_the_way_out(cast: Cast) -> None:
    answer = signed_in(cast.claire.agent).get("/probe/denied")
    assert answer.status_code == 403
    assert "Vous n’avez pas accès à cette page" in answer.content.decode()


def test_a_form_whose_page_has_expired_leads_back_to_a_fresh_one() -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post("/probe/posted", headers={"referer": "http://testserver/annuaire/profil"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Votre page avait expiré" in page
    assert 'href="/annuaire/profil"' in page


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    answer = Client().post("/probe/posted", b"x", **PHOTO)
    assert answer.status_code == 413
    assert "Ce fichier est trop lourd" in answer.content.decode()


def test_too_many_fields_are_refused() -> None:
    answer = Client().post("/probe/posted", {f"f{n}": "" for n in range(501)})
    assert answer.status_code == 400
    assert "Rien n’a été enregistré" in answer.content.decode()


def test_an_unknown_host_is_refused() -> None:
    answer = Client().get("/aide", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_a_form_address_opened_directly_explains_itself() -> None:
    answer = Client().get("/probe/posted", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Cette page ne s’ouvre pas directement" in answer.content.decode()


@pytest.fixture
def maintained(settings: Settings) -> None:
    """Close the product for maintenance."""
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"maintenance_until": "2099-11-22T12:30"})


@pytest.mark.usefixtures("maintained")
def test_maintenance_says_when_the_portal_returns_and_comes_back_alone() -> None:
    answer = Client().get("/")
    assert (answer.status_code, answer["Retry-After"], answer["Refresh"]) == (503, "60", "60")
    assert "le 22\u00a0novembre\u00a02099 à 12\u00a0h\u00a030" in answer.content.decode()


@pytest.mark.usefixtures("maintained")
def test_a_process_in_maintenance_is_alive() -> None:
    assert Client().get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("until", "said"),
    [("ce soir", "ce soir"), ("2020-01-01T00:00", "dans quelques minutes"), ("2099-01-01T08:00:00Z", "à 9\u00a0h")],
)
def test_the_hour_of_return_is_said_as_people_do(until: str, said: str) -> None:
    assert errors.return_time(until).endswith(said)
