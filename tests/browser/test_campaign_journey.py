"""A whole deployment in Chromium: a campaign is launched, three employers answer, their référents sign in."""

import datetime as dt
import io
import os
import re
import subprocess
import sys

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from convergences.foundations import clock
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.parties import ROOT
from tests.browser.test_first_visit_journey import PASSPHRASE, code_from_mailbox

pytestmark = [pytest.mark.browser, pytest.mark.long]

JULIEN = "julien.moreau@cig.example"
FATOU = "fatou.sow@cig.example"
NAME = "Désignation 2027"
REMINDER = 7
ASKED = fr("Désignez les référents administrateurs de votre collectivité")
TOWNS = {
    "malakoff": ("Inès Carpentier", "Lina", "Moreau"),
    "romainville": ("Thierry Lacombe", "Karim", "Haddad"),
    "bagnolet": ("Florence Ozanne", "Odile", "Vasseur"),
}


def _mails(page: Page, demo: Demo, recipient: str, subject: str) -> int:
    page.goto(f"{demo.portal}/courrier?q={recipient}")
    return page.get_by_role("link", name=subject).count()


def _link_in_mail(page: Page, demo: Demo, recipient: str, subject: str, path: str) -> str:
    """Return the link of the newest of these mails, as soon as it has come."""
    for _ in range(200):
        if _mails(page, demo, recipient, subject):
            break
        page.wait_for_timeout(250)
    page.get_by_role("link", name=subject).first.click()
    page.get_by_text(fr("Le même e-mail, en texte")).click()
    page.wait_for_load_state()
    found = re.search(rf"\S+{path}\S*", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def _later(demo: Demo, days: int) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVERGENCES_", "DJANGO_"))}
    command = [sys.executable, "-m", "tests.browser.later", str(demo.data), demo.portal, str(days)]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr


def _is_drawn(page: Page) -> None:
    """The first picture of the page is one."""
    assert page.locator("main img").first.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def _launch(page: Page, demo: Demo) -> None:
    """Prepare the campaign of the towns, look at what leaves, launch it and follow the mails."""
    sign_in(page, demo, JULIEN)
    page.goto(f"{demo.portal}/espace-cig/designations")
    page.get_by_role("link", name="Préparer une campagne").click()
    page.get_by_label("Nom de la campagne").fill(NAME)
    page.wait_for_load_state()  # its script counts whom the campaign reaches
    page.get_by_label("Date limite de réponse").fill(str(clock.today() + dt.timedelta(days=30)))
    page.get_by_label("Relance 1").fill(str(clock.today() + dt.timedelta(days=REMINDER)))
    page.get_by_label("Commune", exact=True).check()
    expect(page.locator("#compte")).to_contain_text("5 employeurs")
    page.get_by_role("button", name="Enregistrer la campagne").click()
    page.get_by_role("link", name="Aperçu").click()
    _is_drawn(page)
    page.go_back()
    page.get_by_role("link", name="Lancer").click()
    page.get_by_role("button", name="Lancer la campagne").click()
    expect(page.locator("main")).to_contain_text(fr("5 e-mails partis"), timeout=60_000)


def _fill(page: Page, town: str, family: str = "") -> None:
    mayor, given, name = TOWNS[town]
    block = page.locator("#personne-1")
    block.get_by_label(fr("Prénom"), exact=True).fill(given)
    block.get_by_label("Nom", exact=True).fill(family or name)
    block.get_by_label("Fonction").fill("Responsable des ressources humaines")
    block.get_by_label("Adresse e-mail professionnelle").fill(_email(town, family))
    page.get_by_label(fr("Prénom et nom")).fill(mayor)
    page.get_by_label(fr("Qualité")).fill("Maire")


def _email(town: str, family: str = "") -> str:
    _mayor, given, name = TOWNS[town]
    return f"{given}.{family or name}@{town}.example".lower()


def _sign_online(page: Page, demo: Demo, town: str, *, former_codes: int = 0) -> None:
    """Sign the form that is filled in, by a code sent to the official address."""
    page.get_by_role("button", name="Relire et signer").click()
    page.get_by_role("button", name="Envoyer le code").click()
    mayor = f"maire@{town}.example"
    code = code_from_mailbox(page, demo, mayor, "est votre code de signature", beyond=former_codes)
    page.get_by_label(fr("J'autorise ces personnes")).or_(page.get_by_label(fr("J'autorise cette personne"))).check()
    page.get_by_label(fr("Code reçu à l'adresse officielle")).fill(code)
    page.get_by_role("button", name=fr("Signer et envoyer la désignation")).click()
    expect(page.get_by_role("heading", name=fr("Votre désignation est reçue"))).to_be_visible()


def _answer(page: Page, demo: Demo, town: str, family: str = "") -> None:
    page.goto(_link_in_mail(page, demo, f"maire@{town}.example", ASKED, r"/designation\?cle="))
    _fill(page, town, family)
    _sign_online(page, demo, town)


def _queue(page: Page, demo: Demo, town: str) -> None:
    page.goto(f"{demo.portal}/espace-cig/reponses-a-verifier")
    page.get_by_role("link", name=re.compile(town, re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", name=re.compile("^Réponse de .*" + town, re.IGNORECASE))).to_be_visible()


def _accept(page: Page, demo: Demo, town: str) -> None:
    _queue(page, demo, town)
    page.get_by_role("link", name="Accepter").click()
    expect(page.get_by_text("un compte est créé, référent")).to_be_visible()
    page.get_by_role("button", name="Accepter la désignation").click()
    expect(page.locator("main")).to_contain_text("cceptée")


def _key_in(page: Page, demo: Demo, town: str) -> None:
    """Copy a paper answer with its photograph, from the employer's line in the campaign."""
    page.goto(f"{demo.portal}/espace-cig/designations")
    page.get_by_role("link", name=NAME, exact=True).click()
    page.get_by_role("link", name=re.compile(f"Saisir une réponse papier.*{town}", re.IGNORECASE)).click()
    photo = io.BytesIO()
    Image.new("RGB", (1240, 1754), (250, 250, 245)).save(photo, "JPEG")
    page.get_by_label(fr("Formulaire signé, numérisé")).set_input_files(
        {"name": "formulaire.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    )
    _fill(page, town)
    page.get_by_label("Date de la signature").fill(str(clock.today()))
    page.get_by_role("button", name="Enregistrer la réponse").click()
    expect(page.get_by_role("heading", name=re.compile("^Réponse de .*" + town, re.IGNORECASE))).to_be_visible()
    _is_drawn(page)


def _send_back_and_correct(page: Page, other: Page, demo: Demo, town: str) -> None:
    _queue(page, demo, town)
    page.get_by_role("link", name="Renvoyer").click()
    page.get_by_label("Motif").fill("Le nom de famille ne correspond pas à la signature jointe.")
    page.get_by_role("button", name="Renvoyer la réponse").click()
    mayor = f"maire@{town}.example"
    other.goto(_link_in_mail(other, demo, mayor, fr("à corriger"), r"/designation\?cle="))
    expect(other.get_by_text("Le nom de famille ne correspond pas")).to_be_visible()
    expect(other.locator("#personne-1").get_by_label(fr("Prénom"), exact=True)).to_have_value(TOWNS[town][1])
    _fill(other, town)
    _sign_online(other, demo, town, former_codes=1)


def _first_visit(page: Page, demo: Demo, town: str) -> None:
    """The référent named opens the invitation, chooses a password, and finds the agents of the employer."""
    page.context.clear_cookies()
    page.goto(f"{demo.portal}/connexion")
    page.get_by_role("link", name=fr("Première visite ?")).click()
    page.get_by_label("Votre adresse e-mail professionnelle").fill(_email(town))
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label(fr("Code à 6 chiffres")).fill(code_from_mailbox(page, demo, _email(town)))
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nouveau mot de passe").fill(PASSPHRASE)
    page.get_by_label("Saisissez-le une seconde fois").fill(PASSPHRASE)
    page.get_by_role("button", name="Enregistrer mon mot de passe").click()
    page.get_by_role("link", name="Ouvrir mes applications").click()
    expect(page.get_by_role("heading", name="Applications", level=1)).to_be_visible()
    page.goto(f"{demo.portal}/annuaire")
    expect(page.get_by_role("link", name=re.compile("Utilisateurs|Mes agents")).first).to_be_visible()


def test_a_campaign_from_its_preparation_to_three_referents_who_sign_in(
    page: Page, chromium: Browser, demo: Demo
) -> None:
    """One answers by the link, one on paper, one is sent back and corrects; the silent are reminded on the day."""
    _launch(page, demo)
    mayor = chromium.new_context(locale="fr-FR").new_page()
    _answer(mayor, demo, "malakoff")
    _later(demo, REMINDER)
    assert _link_in_mail(mayor, demo, "maire@bagnolet.example", "Rappel", r"/designation\?cle=")
    assert _mails(mayor, demo, "maire@malakoff.example", "Rappel") == 0
    _answer(mayor, demo, "romainville", family="Hadad")
    _key_in(page, demo, "bagnolet")
    _send_back_and_correct(page, mayor, demo, "romainville")
    _queue(page, demo, "bagnolet")
    expect(page.get_by_role("heading", name="Une autre personne doit valider")).to_be_visible()
    expect(page.get_by_role("link", name="Accepter")).to_have_count(0)
    colleague = chromium.new_context(locale="fr-FR").new_page()
    sign_in(colleague, demo, FATOU)
    for town, checker in (("malakoff", page), ("romainville", page), ("bagnolet", colleague)):
        _accept(checker, demo, town)
    colleague.context.close()
    for town in TOWNS:
        _first_visit(mayor, demo, town)
    mayor.context.close()
