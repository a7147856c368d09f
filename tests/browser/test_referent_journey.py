"""A référente creates an agent, grants BIP, the tile appears and BIP opens; the right goes, and so does BIP."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.test_first_visit_journey import PASSPHRASE, code_from_mailbox

pytestmark = pytest.mark.browser

NADIA = "nadia.ferhat@pantin.example"
LEA = "lea.marchand@pantin.example"


def _create_lea_with_bip(page: Page, demo: Demo) -> None:
    sign_in(page, demo, NADIA)
    page.get_by_role("link", name="Annuaire", exact=True).click()
    page.get_by_role("link", name="Créer un utilisateur").first.click()
    page.get_by_label("Madame").check()
    page.get_by_label("Prénom").fill("Léa")
    page.get_by_label("Nom", exact=True).fill("Marchand")
    page.get_by_label("Adresse e-mail professionnelle").fill(LEA)
    page.get_by_label("Service").fill("Formation")
    page.get_by_label("BIP", exact=True).check()
    page.get_by_role("button", name=fr("Créer le compte et envoyer l'invitation")).click()
    expect(page.get_by_role("heading", name="Léa Marchand", level=1)).to_be_visible()


def _lea_opens_bip(lea: Page, demo: Demo) -> None:
    lea.goto(f"{demo.portal}/premiere-visite")
    lea.get_by_label("Votre adresse e-mail professionnelle").fill(LEA)
    lea.get_by_role("button", name="Recevoir un code").click()
    lea.get_by_label(fr("Code à 6 chiffres")).fill(code_from_mailbox(lea, demo, LEA))
    lea.get_by_role("button", name="Continuer").click()
    lea.get_by_label("Nouveau mot de passe").fill(PASSPHRASE)
    lea.get_by_label("Saisissez-le une seconde fois").fill(PASSPHRASE)
    lea.get_by_role("button", name="Enregistrer mon mot de passe").click()
    lea.get_by_role("link", name="Ouvrir mes applications").click()
    lea.get_by_role("link", name="BIP", exact=True).click()
    lea.wait_for_url(f"{demo.bip}/**")
    expect(lea.locator("body")).to_contain_text("Léa Marchand")


def test_a_right_given_opens_bip_and_a_right_removed_closes_it(page: Page, demo: Demo, chromium: Browser) -> None:
    _create_lea_with_bip(page, demo)
    context = chromium.new_context(locale="fr-FR")
    lea = context.new_page()
    _lea_opens_bip(lea, demo)
    page.get_by_role("switch", name="BIP").uncheck()
    page.get_by_role("button", name="Enregistrer les habilitations").click()
    expect(page.get_by_text(fr("Les habilitations sont enregistrées."))).to_be_visible()
    expect(page.get_by_role("switch", name="BIP")).not_to_be_checked()
    lea.goto(f"{demo.portal}/")
    expect(lea.get_by_role("link", name="BIP", exact=True)).to_have_count(0)
    refused = lea.goto(f"{demo.portal}/ouvrir/bip")
    assert refused is not None
    assert refused.status == 403
    expect(lea.locator("main")).to_contain_text("Nadia Ferhat")
    lea.goto(f"{demo.bip}/connexion")
    expect(lea.locator("body")).to_contain_text(re.compile("pas habilité|retiré"))
    context.close()
