"""BIP in Chromium: one sign-in for both, pages by role, and leaving BIP leaves the portal."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import SETTINGS, looked_at
from tests.browser.conftest import Demo, sign_in

pytestmark = pytest.mark.browser

NADIA = "nadia.ferhat@pantin.example"
PAGES = ["/", "/?q=teletravail", "/?q=zzzz", "/fiches/teletravail", "/modeles", "/gerer", "/mon-acces", "/inconnue"]


def test_bip_opens_without_a_second_sign_in_and_its_forms_work(page: Page, demo: Demo) -> None:
    sign_in(page, demo, NADIA)
    page.goto(f"{demo.bip}/gerer")
    expect(page.locator("header")).to_contain_text("Ville de Pantin")
    page.get_by_label("Fiche").select_option("teletravail")
    page.get_by_role("textbox", name="Note").fill("Deux jours par semaine chez nous.")
    page.get_by_role("button", name="Publier la note").click()
    expect(page.get_by_role("status")).to_contain_text("Votre note est publiée.")
    page.goto(f"{demo.bip}/fiches/teletravail")
    expect(page.get_by_text("Deux jours par semaine chez nous.").first).to_be_visible()


def test_bip_itself_sends_to_sign_in_and_gets_its_reader_back(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.bip}/modeles")
    page.get_by_label("Identifiant").fill(NADIA)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{demo.bip}/modeles")
    expect(page.get_by_role("heading", name="Modèles d’actes", level=1)).to_be_visible()


def test_leaving_bip_leaves_the_portal(page: Page, demo: Demo) -> None:
    sign_in(page, demo, NADIA)
    page.goto(f"{demo.bip}/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="DÉCONNEXION").click()
    page.wait_for_url(f"{demo.bip}/au-revoir?**")
    page.goto(f"{demo.portal}/")
    page.wait_for_url(f"{demo.portal}/connexion**")


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_of_bip_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, NADIA)
    problems = []
    for path in PAGES:
        page.goto(demo.bip + path)
        problems += looked_at(page, path)
    page.goto(f"{demo.portal}/oauth/logout?client_id=bip")
    problems += looked_at(page, "sign-out")
    page.goto(f"{demo.portal}/oauth/authorize?client_id=nobody")
    problems += looked_at(page, "refused")
    page.context.close()
    assert problems == []
