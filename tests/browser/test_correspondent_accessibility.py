"""axe-core on the correspondant's pages about employers, light and dark, desk and phone; a file read by the page."""

from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.test_accessibility import SETTINGS, SPILLED, _problems, _violations

pytestmark = pytest.mark.browser

LIST = "/espace-cig/employeurs"
PAGES = [
    LIST, f"{LIST}?q=zzzz", f"{LIST}?etat=miens&nature=commune", f"{LIST}/malakoff", f"{LIST}/malakoff/journal",
    f"{LIST}/malakoff/modifier", f"{LIST}/malakoff/fermer", "/espace-cig/ajouter-un-employeur",
    "/espace-cig/importer-des-employeurs",
]  # fmt: skip
LINES = b"SIRET;Nom;Nature;Lien;D\xe9partement\n21930008400015;Ville de Bobigny;Commune;Affili\xe9;93\n1;Faux;;;\n"
FILE: FilePayload = {"name": "liste.csv", "mimeType": "text/csv", "buffer": LINES}


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark", "light-320", "dark-phone"])
def test_no_page_about_employers_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    problems = list(_problems(page, demo, PAGES))
    page.get_by_label("Fichier").set_input_files(files=[FILE])
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_role("heading", name=fr("Relire avant d'enregistrer"))).to_be_visible()
    problems += [f"review {violation}" for violation in _violations(page)]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        problems.append("review scrolls sideways")
    page.context.close()
    assert problems == []


@pytest.mark.parametrize("width", [900, 1160])
def test_nothing_spills_over_between_a_phone_and_a_desk(chromium: Browser, demo: Demo, width: int) -> None:
    page = chromium.new_context(locale="fr-FR", viewport={"width": width, "height": 900}).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    found = []
    for path in PAGES:
        page.goto(demo.portal + path)
        sideways = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        if spilled := page.evaluate(SPILLED) or sideways:
            found.append((path, spilled))
    page.context.close()
    assert found == []
