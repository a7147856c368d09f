"""The Commission in Chromium: medical files want more than a password, and each page says what is missing."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import SETTINGS, looked_at
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.rows import without_right

pytestmark = pytest.mark.browser

NADIA = "nadia.ferhat@pantin.example"
NAME = "Commission de réforme / Comité médical"
MISSING = f"Une vérification de plus pour {NAME}"


def test_its_tile_says_what_is_missing_and_offers_it(page: Page, demo: Demo) -> None:
    sign_in(page, demo, NADIA)
    page.get_by_role("link", name=NAME, exact=True).click()
    expect(page.get_by_role("heading", name=fr(MISSING), level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Activer la vérification en deux étapes")).to_be_visible()
    page.get_by_role("link", name="Revenir aux applications").click()
    expect(page.get_by_role("heading", name="Applications", level=1)).to_be_visible()


def test_its_own_address_ends_on_the_same_words_and_leads_back(page: Page, demo: Demo) -> None:
    sign_in(page, demo, NADIA)
    page.goto(f"{demo.commission}/deposer")
    expect(page.get_by_role("heading", name=fr(MISSING), level=1)).to_be_visible()
    page.get_by_role("link", name=fr("Revenir à l'application")).click()
    expect(page.get_by_role("heading", name="Une vérification en deux étapes est nécessaire", level=1)).to_be_visible()
    assert page.url.startswith(f"{demo.commission}/retour?")
    expect(page.locator("main")).to_contain_text("unmet_authentication_requirements")
    page.get_by_role("link", name="Essayer à nouveau").click()
    expect(page.get_by_role("heading", name=fr(MISSING), level=1)).to_be_visible()


def test_who_has_no_right_is_told_so_and_not_to_prove_more(page: Page, demo: Demo) -> None:
    sign_in(page, demo, NADIA)
    with without_right(demo, "commission-medicale", NADIA):
        page.goto(f"{demo.commission}/")
        expect(page.get_by_role("heading", name=fr("Vous n'êtes pas habilité à ouvrir"))).to_be_visible()
        page.get_by_role("link", name=fr("Revenir à l'application")).click()
        expect(page.get_by_role("heading", name="Vous n’avez pas accès à cette application")).to_be_visible()


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_of_it_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, NADIA)
    problems = []
    page.goto(f"{demo.commission}/")
    stronger = page.get_by_role("link", name=fr("Revenir à l'application")).get_attribute("href")
    addresses = [f"{demo.portal}{stronger}", f"{demo.commission}/au-revoir", f"{demo.commission}/nulle-part"]
    for address in [f"{demo.commission}/", f"{demo.portal}/ouvrir/commission-medicale", *addresses]:
        page.goto(address)
        problems += looked_at(page, address)
    page.context.close()
    assert problems == []
