"""The user guide's journey: first visit, tiles, BIP with no second login, the directory, a photo, and back."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, fr

pytestmark = pytest.mark.browser

SOPHIE = "sophie.delorme@pantin.example"
PASSPHRASE = "Trois canards longent le canal 1898"


def _photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (30, 110, 120)).save(picture, "JPEG")
    return picture.getvalue()


def code_from_mailbox(
    page: Page, demo: Demo, recipient: str, subject: str = "Votre code CONVERGENCES", *, beyond: int = 0
) -> str:
    """Read the newest code on the demo's mail page, in another tab, as a person would; `beyond` others came before."""
    mailbox = page.context.new_page()
    for _ in range(200):
        mailbox.goto(f"{demo.portal}/courrier?q={recipient}")
        letter = mailbox.get_by_role("link", name=subject)
        if letter.count() > beyond:
            letter.first.click()
            mailbox.get_by_text(fr("Le même e-mail, en texte")).click()
            mailbox.wait_for_load_state()
            found = re.search(r"\b(\d{3})\s?(\d{3})\b", mailbox.locator("main").inner_text())
            assert found
            mailbox.close()
            return found[1] + found[2]
        mailbox.wait_for_timeout(250)
    raise AssertionError("no code arrived")


def _first_visit(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/connexion")
    page.get_by_role("link", name=fr("Première visite ?")).click()
    page.get_by_label("Votre adresse e-mail professionnelle").fill(SOPHIE)
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label(fr("Code à 6 chiffres")).fill(code_from_mailbox(page, demo, SOPHIE))
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nouveau mot de passe").fill(PASSPHRASE)
    page.get_by_label("Saisissez-le une seconde fois").fill(PASSPHRASE)
    page.get_by_role("button", name="Enregistrer mon mot de passe").click()
    expect(page.get_by_role("heading", name="Votre compte est prêt, Sophie")).to_be_visible()
    page.get_by_role("link", name="Ouvrir mes applications").click()


def _change_photo(page: Page) -> None:
    page.get_by_role("link", name="Annuaire des identités et des accès").click()
    expect(page.get_by_role("heading", name="Bienvenue, Sophie Delorme")).to_be_visible()
    page.get_by_role("link", name="Éditer").click()
    page.get_by_label("Ajouter une photo").set_input_files(
        {"name": "moi.jpg", "mimeType": "image/jpeg", "buffer": _photo()}
    )
    page.get_by_role("button", name="ENREGISTRER").click()
    drawn = "image => image.decode().then(() => image.naturalWidth > 0)"  # what is shown may still be on its way
    assert page.locator("header img").first.evaluate(drawn)


def test_sophie_makes_her_first_visit_opens_bip_changes_her_photo_and_comes_back(page: Page, demo: Demo) -> None:
    _first_visit(page, demo)
    tile = page.get_by_role("link", name="BIP", exact=True)
    expect(tile).to_be_visible()
    tile.click()
    page.wait_for_url(f"{demo.bip}/**")
    expect(page.locator("body")).to_contain_text("Sophie Delorme")
    expect(page.locator("body")).to_contain_text("Ville de Pantin")
    page.goto(f"{demo.portal}/")
    _change_photo(page)
    page.wait_for_load_state()  # before its script, the link leads to a page instead of a dialog
    page.locator("header details.menu summary").last.click()
    page.locator("header").get_by_role("link", name="Déconnexion").click()
    page.get_by_role("dialog").get_by_role("button", name="DÉCONNEXION").or_(
        page.get_by_role("dialog").get_by_role("link", name="DÉCONNEXION")
    ).click()
    expect(page.get_by_role("heading", name="Applications", level=1)).to_be_visible()
