"""The autorité territoriale names two people: by the mail with a mouse, by the letter at 320 px without a script."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import SETTINGS, looked_at, tab_to
from tests.browser.conftest import Demo, fr
from tests.browser.parties import ROOT
from tests.browser.test_first_visit_journey import code_from_mailbox

pytestmark = pytest.mark.browser

MAYOR = "maire@malakoff.example"
SUBJECT = fr("Désignez vos référents administrateurs")


@pytest.fixture
def letter(demo: Demo) -> tuple[str, str]:
    """Launch a campaign if there is none; return the reference and the code of a new letter of Malakoff's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVERGENCES_", "DJANGO_"))}
    command = [sys.executable, "-m", "tests.browser.launching", str(demo.data), demo.portal, "malakoff"]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    reference, code = done.stdout.split()
    return reference, code


def _open_by_mail(page: Page, demo: Demo) -> None:
    mail = page.get_by_role("link", name=SUBJECT)
    for _ in range(200):
        page.goto(f"{demo.portal}/courrier?q={MAYOR}")
        if mail.count():
            break
        page.wait_for_timeout(250)
    mail.first.click()
    page.get_by_text(fr("Le même e-mail, en texte")).click()
    page.wait_for_load_state()
    found = re.search(r"\S+/designation\?cle=[\w-]+", page.locator("main").inner_text())
    assert found
    page.goto(found[0])


def _fill(page: Page, number: int, given: str, family: str) -> None:
    block = page.locator(f"#personne-{number}")
    block.get_by_label(fr("Prénom"), exact=True).fill(given)
    block.get_by_label("Nom", exact=True).fill(family)
    block.get_by_label("Fonction").fill("Responsable des ressources humaines")
    block.get_by_label("Adresse e-mail professionnelle").fill(f"{given}.{family}@malakoff.example".lower())


def _sign_names(page: Page) -> None:
    page.get_by_label(fr("Prénom et nom")).fill("Inès Carpentier")
    page.get_by_label(fr("Qualité")).fill("Maire")


def test_by_the_mail_with_a_code_sent_to_the_official_address(page: Page, demo: Demo, letter: tuple[str, str]) -> None:
    _open_by_mail(page, demo)
    assert "cle=" not in page.url
    page.goto(f"{demo.portal}/designation/formulaire?modifier=oui")  # the letter's test may have answered before
    _fill(page, 1, "Lina", "Moreau")
    page.get_by_role("button", name=fr("Ajouter un référent")).click()
    expect(page.locator("#personne-3")).to_be_visible()
    _fill(page, 3, "Yanis", "Petit")
    _sign_names(page)
    page.get_by_role("button", name="Relire et signer").click()
    page.get_by_role("button", name="Envoyer le code").click()
    expect(page.get_by_text("m…@malakoff.example").first).to_be_visible()
    code = code_from_mailbox(page, demo, MAYOR, "est votre code de signature")
    page.get_by_label(re.compile("^J.autorise ce")).check()
    page.get_by_label(fr("Code reçu à l'adresse officielle")).fill(code)
    page.get_by_role("button", name=fr("Signer et envoyer la désignation")).click()
    expect(page.get_by_role("heading", name=fr("Votre désignation est reçue"))).to_be_visible()
    expect(page.get_by_text("Yanis Petit")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Télécharger")).click()
    assert download.value.suggested_filename.startswith("accuse-D-")


def _walk(page: Page, demo: Demo, letter: tuple[str, str]) -> Iterator[str]:
    """Go through every page and its errors by the letter, without signing; yield the name of each."""
    page.goto(f"{demo.portal}/designation?cle=inconnu")
    yield "a dead link"
    page.goto(f"{demo.portal}/designation?reference={letter[0]}")
    page.get_by_label("Code du courrier").fill("2222-2222-2222")
    page.get_by_role("button", name="Ouvrir le formulaire").click()
    expect(page.get_by_role("heading", name=fr("Le formulaire ne peut pas être ouvert"))).to_be_visible()
    yield "a wrong code"
    page.get_by_label("Code du courrier").fill(letter[1])
    page.get_by_role("button", name="Ouvrir le formulaire").click()
    expect(page).not_to_have_url(re.compile("/designation/courrier"))  # the form, or the receipt of one signed before
    page.goto(f"{demo.portal}/designation/formulaire?modifier=oui")
    yield "the form"
    _fill(page, 1, "Lina", "")
    page.get_by_role("button", name="Relire et signer").click()
    expect(page.get_by_role("heading", name=fr("La désignation n'est pas complète"))).to_be_visible()
    yield "the form's errors"
    _fill(page, 1, "Lina", "Moreau")
    _sign_names(page)
    page.get_by_role("button", name="Relire et signer").click()
    expect(page.get_by_role("heading", name="Relire et signer")).to_be_visible()
    yield "the review"


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_of_it_breaks_an_accessibility_rule(
    chromium: Browser, demo: Demo, letter: tuple[str, str], settings: Any
) -> None:
    context = chromium.new_context(locale="fr-FR", **settings)
    page = context.new_page()
    problems = []
    for name in _walk(page, demo, letter):
        problems += looked_at(page, name)
    context.close()
    assert problems == []


def test_the_form_is_filled_in_by_the_keyboard(page: Page, demo: Demo, letter: tuple[str, str]) -> None:
    _open_by_mail(page, demo)
    page.goto(f"{demo.portal}/designation/formulaire?modifier=oui")
    tab_to(page, fr("Prénom"))
    page.keyboard.press("Control+A")
    page.keyboard.type("Louise")
    tab_to(page, "Relire et signer")
    page.keyboard.press("Enter")
    incomplete = page.get_by_role("heading", name=fr("La désignation n'est pas complète"))
    expect(incomplete.or_(page.get_by_role("heading", name="Relire et signer"))).to_be_visible()


def test_by_the_letter_at_320_pixels_without_a_script(chromium: Browser, demo: Demo, letter: tuple[str, str]) -> None:
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    for _name in _walk(page, demo, letter):
        pass
    page.get_by_label(re.compile("^J.autorise ce")).check()
    page.get_by_role("button", name=fr("Signer et envoyer la désignation")).click()
    expect(page.get_by_role("heading", name=fr("Votre désignation est reçue"))).to_be_visible()
    expect(page.get_by_text("code du courrier")).to_be_visible()
    context.close()
