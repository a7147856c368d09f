"""axe-core on the correspondant's pages about employers and campaigns, light and dark, desk and phone, paper."""

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import axe
from tests.browser.axe import SETTINGS, looked_at, scrolls_sideways, spilled
from tests.browser.conftest import Demo, fr, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.long]

LIST = "/espace-cig/employeurs"
PAGES = [
    LIST, f"{LIST}?q=zzzz", f"{LIST}?etat=miens&nature=commune", f"{LIST}/malakoff", f"{LIST}/malakoff/journal",
    f"{LIST}/malakoff/modifier", f"{LIST}/malakoff/fermer", f"{LIST}/malakoff/fusionner",
    f"{LIST}/malakoff/fusionner?avec=Ville+de+Pantin", f"{LIST}/malakoff/applications/bip", f"{LIST}/malakoff/designer",
    f"{LIST}/malakoff/rattacher", "/espace-cig/ajouter-un-employeur",
    "/espace-cig/importer-des-employeurs",
]  # fmt: skip
CAMPAIGNS = "/espace-cig/designations"
ACTS = [
    "", "?departement=93&etat=tous", "?q=zzzz", "/relancer-tous", "/calendrier", "/clore", "/apercu", "/courriers",
]  # fmt: skip
FOLLOWING = [
    CAMPAIGNS, f"{CAMPAIGNS}/preparer", "/espace-cig/suivi", "/espace-cig/suivi?departement=93",
    "/espace-cig/suivi/referents", "/espace-cig/suivi/comptes", "/espace-cig/suivi/comptes/malakoff",
    f"{LIST}/malakoff/nouveau-lien",
]  # fmt: skip
LINES = b"SIRET;Nom;Nature;Lien;D\xe9partement\n21930008400015;Ville de Bobigny;Commune;Affili\xe9;93\n1;Faux;;;\n"
FILE: FilePayload = {"name": "liste.csv", "mimeType": "text/csv", "buffer": LINES}


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_about_employers_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    problems = axe.problems(page, demo.portal, PAGES)
    page.get_by_label("Fichier").set_input_files(files=[FILE])
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.get_by_role("heading", name=fr("Relire avant d'enregistrer"))).to_be_visible()
    problems += looked_at(page, "review")
    page.context.close()
    assert problems == []


def _prepare(page: Page, demo: Demo, name: str) -> None:
    page.goto(f"{demo.portal}{CAMPAIGNS}/preparer")
    page.get_by_label("Nom de la campagne").fill(name)
    page.get_by_label("Date limite").fill((dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=60)).strftime("%Y-%m-%d"))
    page.get_by_role("button", name="Enregistrer la campagne").click()
    expect(page.get_by_role("link", name="Lancer")).to_be_visible()


@pytest.fixture(scope="module")
def campaign(chromium: Browser, demo: Demo) -> str:
    """The address of a campaign that was prepared and launched by its pages, and whose mails have left."""
    page = chromium.new_context(locale="fr-FR").new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    _prepare(page, demo, "Désignation de la démonstration")
    page.get_by_role("link", name="Lancer").click()
    page.get_by_role("button", name="Lancer la campagne").click()
    expect(page.locator("#envoi")).to_contain_text("partis", timeout=60_000)
    address = page.url.removeprefix(demo.portal)
    page.context.close()
    return address


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_about_campaigns_breaks_an_accessibility_rule(
    chromium: Browser, demo: Demo, campaign: str, settings: Any
) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    problems = axe.problems(page, demo.portal, [*FOLLOWING, *(campaign + act for act in ACTS)])
    problems += _deleted_again(page, demo)
    page.context.close()
    assert problems == []


def _deleted_again(page: Page, demo: Demo) -> list[str]:
    """Prepare a campaign and delete it by its pages; return what is wrong with those."""
    _prepare(page, demo, "Préparée pour rien")
    problems, address = looked_at(page, "prepared"), page.url
    page.get_by_role("link", name="Supprimer cette campagne").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Supprimer")
    problems += looked_at(page, "to delete")
    page.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text(fr("« Préparée pour rien » est supprimée"))).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(fr("ou n'existe plus"))
    return problems + looked_at(page, "deleted")


def _spilled(page: Page, demo: Demo, paths: list[str]) -> list[tuple[str, Any]]:
    found = []
    for path in paths:
        page.goto(demo.portal + path)
        sideways = scrolls_sideways(page)
        if wide := spilled(page) or sideways:
            found.append((path, wide))
    return found


@pytest.mark.parametrize("width", [900, 1160])
def test_nothing_spills_over_between_a_phone_and_a_desk(
    chromium: Browser, demo: Demo, campaign: str, width: int
) -> None:
    page = chromium.new_context(locale="fr-FR", viewport={"width": width, "height": 900}).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    found = _spilled(page, demo, [*PAGES, *FOLLOWING, campaign, f"{campaign}/relancer-tous"])
    page.context.close()
    assert found == []


def test_figures_are_printed_without_what_one_clicks(chromium: Browser, demo: Demo, campaign: str) -> None:
    page = chromium.new_context(locale="fr-FR", viewport={"width": 794, "height": 1123}).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    page.emulate_media(media="print")
    for path in (f"{campaign}?departement=93", "/espace-cig/suivi"):
        page.goto(demo.portal + path)
        for hidden in ("nav", "button", "select", "input:not([type=hidden])", ".flash"):
            assert page.locator(hidden).locator("visible=true").count() == 0, (path, hidden)
    page.goto(f"{demo.portal}{campaign}?departement=93")
    assert page.locator("thead:visible").count() >= 1  # tables stay tables on paper
    expect(page.get_by_text("Seine-Saint-Denis").first).to_be_visible()
    page.context.close()
