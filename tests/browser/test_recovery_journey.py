"""An agent has lost every means: the référente asks, a day passes, the agent comes back and adds a new one."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import SETTINGS, looked_at, tab_to
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.rows import bring_back, execute
from tests.browser.test_first_visit_journey import code_from_mailbox
from tests.browser.test_referent_journey import NADIA
from tests.browser.test_second_step_journey import _enrolled, _to_second_step

pytestmark = [pytest.mark.browser, pytest.mark.long]

AMINA = "amina.bouzid@pantin.example"
SUBJECT = "Votre code de récupération"
ASK = fr("Aider à retrouver l'accès")
NO_MORE = fr("Je n'ai plus aucun de mes moyens")
# A server's clock does not move: the delay is taken off the row instead.
_A_DAY_LATER = "UPDATE authentication_recovery SET opens_at = created_at WHERE finished_at IS NULL"
_FROZEN = "UPDATE authentication_totp SET frozen_at = ?"


@pytest.fixture(autouse=True)
def _as_before(demo: Demo) -> None:
    """Amina has neither second factor nor recovery, and no older code is in the mailbox."""
    bring_back(demo.data)


def _ask(chromium: Browser, demo: Demo, **settings: Any) -> Iterator[tuple[str, Page]]:
    """Have Nadia go to Amina's sheet and ask; yield the name of each page on the way."""
    context = chromium.new_context(locale="fr-FR", **settings)
    page = context.new_page()
    sign_in(page, demo, NADIA)
    page.goto(f"{demo.portal}/annuaire/collectivites/pantin/utilisateurs?q=bouzid")
    page.get_by_role("link", name=re.compile("Amina Bouzid")).first.click()
    page.get_by_text("Autres actions").click()
    yield "the sheet", page
    page.get_by_role("link", name=ASK).click()
    expect(page.get_by_role("heading", name=fr("Reconnaissez d'abord cette personne"))).to_be_visible()
    yield "what will happen", page
    page.get_by_role("button", name="Demander la récupération").click()
    expect(page.get_by_role("heading", name=fr("Récupération de l'accès en cours"))).to_be_visible()
    yield "the sheet, once asked", page
    context.close()


def _asked(chromium: Browser, demo: Demo) -> None:
    for _name, _page in _ask(chromium, demo):
        pass


def _to_lost(page: Page, demo: Demo) -> None:
    _to_second_step(page, demo, AMINA)
    page.get_by_text(fr("Je n'ai pas mon téléphone")).click()
    page.get_by_role("link", name=NO_MORE).click()


def test_the_referente_asks_and_the_agent_comes_back(page: Page, demo: Demo, chromium: Browser) -> None:
    _enrolled(page, demo, AMINA)
    _to_lost(page, demo)
    expect(page.get_by_text(fr("Aucune récupération n'est ouverte"))).to_be_visible()
    _asked(chromium, demo)
    page.reload()
    expect(page.get_by_text("Votre récupération est demandée")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Recevoir un code"))).to_have_count(0)
    execute(demo, _A_DAY_LATER)
    page.reload()
    page.get_by_role("button", name=re.compile("Recevoir un code")).click()
    page.get_by_label(re.compile("Code reçu par e.mail")).fill(code_from_mailbox(page, demo, AMINA, SUBJECT))
    page.get_by_role("button", name="Récupérer mon accès").click()
    expect(page.get_by_text("Vous êtes de retour dans votre compte")).to_be_visible()
    page.get_by_role("button", name="Application de codes sur téléphone").click()
    expect(page.get_by_role("heading", name="Reliez votre téléphone")).to_be_visible()


def test_coming_back_needs_neither_mouse_nor_script(page: Page, demo: Demo, chromium: Browser) -> None:
    _enrolled(page, demo, AMINA)
    _asked(chromium, demo)
    execute(demo, _A_DAY_LATER)
    _to_second_step(page, demo, AMINA)
    tab_to(page, fr("Je n'ai pas mon téléphone"))
    page.keyboard.press("Enter")
    for name, heading in ((NO_MORE, "Récupérer mon accès"), ("Recevoir un code", "Saisissez le code reçu")):
        tab_to(page, name)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=re.compile(heading), level=1).wait_for()
    code = code_from_mailbox(page, demo, AMINA, SUBJECT)
    plain = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    plain.add_cookies(page.context.cookies())  # type: ignore[arg-type]
    without_script = plain.new_page()
    without_script.goto(f"{demo.portal}/connexion/verification/plus-aucun-moyen/code")
    without_script.get_by_label(re.compile("Code reçu par e.mail")).press_sequentially(code)
    without_script.keyboard.press("Enter")
    expect(without_script.get_by_text("Vous êtes de retour dans votre compte")).to_be_visible()
    plain.close()


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda value: f"{value['color_scheme']}-{value['viewport']['width']}"
)
def test_no_page_of_it_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    context = chromium.new_context(locale="fr-FR", reduced_motion="reduce", **settings)
    page = context.new_page()
    found = [problem for name, at in _walk(page, demo, chromium, settings) for problem in looked_at(at, name)]
    context.close()
    assert found == []


def _walk(page: Page, demo: Demo, chromium: Browser, settings: Any) -> Iterator[tuple[str, Page]]:
    """Go through every page and state, and name each."""
    _enrolled(page, demo, AMINA)
    yield from _blocked(page, demo)
    _to_lost(page, demo)
    yield "none was asked", page
    yield from _ask(chromium, demo, reduced_motion="reduce", **settings)
    page.reload()
    yield "before the delay", page
    execute(demo, _A_DAY_LATER)
    page.reload()
    yield "open", page
    page.get_by_role("button", name=re.compile("Recevoir un code")).click()
    expect(page.get_by_role("heading", name="Saisissez le code reçu")).to_be_visible()
    yield "the code", page
    page.get_by_label(re.compile("Code reçu par e.mail")).fill("12")
    page.get_by_role("button", name="Récupérer mon accès").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "the code, with an error", page


def _blocked(page: Page, demo: Demo) -> Iterator[tuple[str, Page]]:
    """Show what who is signed in reads once their means were contested; then give the means back."""
    execute(demo, _FROZEN, "2026-01-01 00:00:00")
    page.goto(f"{demo.portal}/verification?pour=gestion&next=%2F")
    expect(page.get_by_role("heading", name=fr("Votre vérification en deux étapes est bloquée"))).to_be_visible()
    yield "all is blocked", page
    execute(demo, _FROZEN, None)
