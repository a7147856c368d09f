"""What an agent agreed to is on their page, readable by everybody, and taken back without a mouse or a script."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.browser.axe import SETTINGS, tab_to
from tests.browser.conftest import Demo, sign_in
from tests.browser.parties import Party
from tests.browser.registering import DENIS, NAMES

pytestmark = pytest.mark.browser

SECURITY = "/annuaire/securite"
PARC = f"{SECURITY}/accords/parc-automobile"


def agree(page: Page, demo: Demo, parc: Party) -> None:
    """Bring Denis to the application, and let it read him."""
    sign_in(page, demo, DENIS)
    page.goto(parc.entry(demo.portal, prompt="consent"))
    page.get_by_role("button", name="ACCEPTER").click()
    expect(page.get_by_role("heading", name="parc-automobile")).to_be_visible()


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_both_pages_break_no_accessibility_rule(chromium: Browser, demo: Demo, parc: Party, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    agree(page, demo, parc)
    problems = axe.problems(page, demo.portal, [SECURITY, PARC])
    page.context.close()
    assert problems == []


def test_an_agreement_is_taken_back_by_the_keyboard_and_asked_again(page: Page, demo: Demo, parc: Party) -> None:
    agree(page, demo, parc)
    page.goto(demo.portal + SECURITY)
    tab_to(page, f"Retirer l’accord donné à {NAMES['parc-automobile']}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Retirer l’accord donné à")).to_be_visible()
    tab_to(page, "Retirer l’accord")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("ne peut plus lire vos informations")
    expect(page.get_by_role("heading", name="Applications autorisées à lire vos informations")).to_have_count(0)
    page.goto(parc.entry(demo.portal))
    expect(page.get_by_role("button", name="ACCEPTER")).to_be_visible()


def test_it_needs_no_script(chromium: Browser, demo: Demo, parc: Party) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, DENIS)
    page.goto(parc.entry(demo.portal, prompt="consent"))
    page.get_by_role("button", name="ACCEPTER").click()
    expect(page.get_by_role("heading", name="parc-automobile")).to_be_visible()
    page.goto(demo.portal + PARC)
    page.get_by_role("button", name="Retirer l’accord").click()
    expect(page.get_by_role("status").first).to_contain_text("ne peut plus lire vos informations")
    context.close()
