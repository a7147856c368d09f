"""axe-core on every page and state, light and dark, desktop and phone; keyboard alone; no sideways scroll at 320 px."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe
from tests.browser.axe import SETTINGS, looked_at, scrolls_sideways, spilled, tab_to
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.parties import Party
from tests.browser.registering import DENIS

pytestmark = [pytest.mark.browser, pytest.mark.long]

STRANGER = [
    "/connexion", "/premiere-visite", "/reinitialisation", "/deconnecte", "/session-terminee", "/aide",
    "/donnees-personnelles", "/accessibilite", "/mentions-legales", "/courrier",
]  # fmt: skip
AGENT = ["/", "/annuaire/profil", "/annuaire/profil/photo", "/annuaire/securite", "/annuaire/quitter", "/deconnexion",
         "/aide", "/ouvrir/commission-medicale", "/nulle-part"]  # fmt: skip
TEAM = "/annuaire/collectivites/pantin"
REFERENT = [
    f"{TEAM}/",
    f"{TEAM}/utilisateurs",
    f"{TEAM}/utilisateurs?q=zzzz",
    f"{TEAM}/utilisateurs/creer",
    f"{TEAM}/journal",
]
KEYS, CATALOGUE = "/administration/cles", "/administration/applications"
BIP = f"{CATALOGUE}/bip"
ENGINEER = [
    CATALOGUE,
    f"{CATALOGUE}?q=zzzz",
    f"{CATALOGUE}/octime",
    "/administration/nouvelle-application",
    *(
        f"{BIP}{act}"
        for act in (
            "",
            "/modifier",
            "/raccordement/oidc",
            "/raccordement/saml",
            "/raccordement/cas",
            "/ouvrir",
            "/fermer",
        )
    ),
    KEYS,
    f"{KEYS}/ES256/renouveler",
    f"{KEYS}/ES256/divulguee",
    f"{BIP}/essayer",
    f"{BIP}/essayer?q=zzzz",
    f"{BIP}/reglages",
    f"{BIP}/reglages?client=django_settings",
]
SHEET = ["", "/modifier", "/suspendre", "/supprimer"]


def _sheet_paths(page: Page, demo: Demo) -> list[str]:
    page.goto(f"{demo.portal}{TEAM}/utilisateurs?q=bouzid")
    sheet = page.locator("tbody th a").first.get_attribute("href")
    assert sheet
    return [sheet.rstrip("/") + suffix for suffix in SHEET]


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    problems = axe.problems(page, demo.portal, STRANGER)
    page.goto(f"{demo.portal}/connexion")
    page.get_by_label("Identifiant").fill("personne@pantin.example")
    page.get_by_label("Mot de passe", exact=True).fill("faux")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="La connexion n’a pas abouti")).to_be_visible()
    problems += looked_at(page, "error state")
    sign_in(page, demo, "claire.nguyen@pantin.example")
    problems += axe.problems(page, demo.portal, AGENT)
    page.context.clear_cookies()
    sign_in(page, demo, "nadia.ferhat@pantin.example")
    problems += axe.problems(page, demo.portal, REFERENT + _sheet_paths(page, demo))
    page.context.close()
    assert problems == []


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_of_the_engineer_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, "anne-laure.petit@cig.example")
    problems = axe.problems(page, demo.portal, ENGINEER)
    for who in ("claire.nguyen@pantin.example", "anne-laure.petit@cig.example"):
        page.goto(f"{demo.portal}{BIP}/essayer")
        page.get_by_label("Adresse e-mail professionnelle").fill(who)
        page.get_by_role("button", name="Essayer avec cet agent").click()
        expect(page.get_by_role("heading", name=fr("Ce que le portail vérifie, dans l'ordre"))).to_be_visible()
        problems += looked_at(page, f"trial of {who}")
    page.context.close()
    assert problems == []


@pytest.mark.parametrize("width", [900, 1024, 1160, 1200])
def test_nothing_spills_over_between_a_phone_and_a_desk(chromium: Browser, demo: Demo, width: int) -> None:
    page = chromium.new_context(locale="fr-FR", viewport={"width": width, "height": 900}).new_page()
    sign_in(page, demo, "nadia.ferhat@pantin.example")
    found = []
    for path in ["/", *REFERENT, *_sheet_paths(page, demo)]:
        page.goto(demo.portal + path)
        sideways = scrolls_sideways(page)
        if wide := spilled(page) or sideways:
            found.append((path, wide))
    page.context.close()
    assert found == []


def test_signing_in_and_granting_a_right_need_no_mouse(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/connexion")
    tab_to(page, "Identifiant")
    page.keyboard.type("moussa.diarra@pantin.example")
    tab_to(page, "Mot de passe")
    page.keyboard.type(demo.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Applications", level=1)).to_be_visible()
    page.goto(f"{demo.portal}{TEAM}/utilisateurs?q=bouzid")
    tab_to(page, "Amina Bouzid")
    page.keyboard.press("Enter")
    switch = page.get_by_role("switch", name="BIP")
    before = switch.is_checked()
    tab_to(page, "BIP")
    page.keyboard.press("Space")
    tab_to(page, "Enregistrer les habilitations")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.get_by_role("switch", name="BIP")).to_be_checked(checked=not before)


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_the_page_of_consent_breaks_no_accessibility_rule(
    chromium: Browser, demo: Demo, parc: Party, settings: Any
) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, DENIS)
    page.goto(parc.entry(demo.portal, prompt="consent"))
    expect(page.get_by_role("button", name="ACCEPTER")).to_be_visible()
    problems = looked_at(page, "the page")
    page.context.close()
    assert problems == []


def test_refusing_then_agreeing_needs_no_mouse(page: Page, demo: Demo, parc: Party) -> None:
    sign_in(page, demo, DENIS)
    for button, answer in (("REFUSER", "error"), ("ACCEPTER", "code")):
        parc.brought.clear()
        page.goto(parc.entry(demo.portal, prompt="consent"))
        tab_to(page, button)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="parc-automobile")).to_be_visible()
        assert answer in parc.received("/retour").said


def test_the_login_page_weighs_under_100_kilobytes_compressed(page: Page, demo: Demo) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    weights: list[float] = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(f"{demo.portal}/connexion", wait_until="networkidle")
    assert sum(weights) < 100_000, f"{sum(weights):.0f} bytes in {len(weights)} files"


def test_signing_in_needs_no_script(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, "claire.nguyen@pantin.example")
    page.get_by_role("link", name="BIP", exact=True).click()
    expect(page.locator("body")).to_contain_text("Claire Nguyen")
    context.close()


def test_the_not_found_page_offers_a_way_back(page: Page, demo: Demo) -> None:
    sign_in(page, demo, "claire.nguyen@pantin.example")
    page.goto(f"{demo.portal}/nulle-part")
    page.get_by_role("link", name=fr("Revenir aux applications")).click()
    expect(page.get_by_role("heading", name="Applications", level=1)).to_be_visible()
