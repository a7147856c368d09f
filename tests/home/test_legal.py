"""Pages that the law asks for: open to anybody, and true."""

import re

import pytest
from django.test import Client

from tests.cast import PASSWORD, Cast, set_password
from tests.home.rights import text


@pytest.mark.parametrize("path", ["donnees-personnelles", "accessibilite", "mentions-legales", "aide"])
def test_anybody_reads_them_from_the_foot_of_every_page(path: str) -> None:
    assert Client().get(f"/{path}").status_code == 200  # no database mark: nothing is read
    assert f'href="/{path}"' in text(Client().get("/aide"))


def test_the_data_protection_officer_can_be_written_to() -> None:
    page = text(Client().get("/donnees-personnelles"))
    assert 'href="mailto:dpo@cig.example"' in page
    assert "1 rue Lucienne-Gérain, 93698 Pantin Cedex" in page


@pytest.mark.database
def test_every_cookie_that_signing_in_leaves_is_told(cast: Cast) -> None:
    set_password(cast.claire.agent)
    browser = Client()
    browser.get("/connexion")
    browser.post("/premiere-visite", {"email": "sophie.delorme@pantin.example"})
    browser.post("/reinitialisation", {"email": "sophie.delorme@pantin.example"})
    browser.post("/connexion", {"identifier": cast.claire.agent.email, "password": PASSWORD})
    told = set(re.findall(r"<code>([\w-]+)</code>", text(browser.get("/donnees-personnelles"))))
    assert {"session", "browser", "visit", "reset"} <= set(browser.cookies)
    assert set(browser.cookies) <= told


def test_nothing_of_what_is_not_built_yet_is_promised() -> None:
    for path in ("donnees-personnelles", "accessibilite", "mentions-legales", "aide"):
        page = text(Client().get(f"/{path}"))
        assert "Mes données" not in page
        assert "clé d'accès" not in page
