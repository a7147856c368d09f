"""The second step in a real browser: set up by the keyboard, used at sign-in, replaced by a recovery code, removed."""

import re
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.axe import SETTINGS, looked_at, tab_to
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.rows import bring_back, execute

pytestmark = [pytest.mark.browser, pytest.mark.long]

SAMIRA = "samira.haddad@pantin.example"
SECURITY = "/annuaire/securite"
CHOICE = f"{SECURITY}/deux-etapes"
_FORGIVEN = "UPDATE authentication_totp SET last_step = -1 WHERE last_step > -1"


@pytest.fixture(autouse=True)
def _as_before(demo: Demo) -> None:
    """Samira has no second factor."""
    bring_back(demo.data)


def _seed(page: Page) -> str:
    """Open what is for who cannot scan, and read the key."""
    page.get_by_text("Je ne peux pas scanner").click()
    return re.sub(r"\s", "", page.locator("#cle").inner_text())


def _codes(page: Page) -> list[str]:
    """Read the ten recovery codes, once the page that shows them has come."""
    shown = page.locator("#codes li")
    expect(shown).to_have_count(10)
    return shown.all_inner_texts()


def _enrolled(page: Page, demo: Demo, who: str = SAMIRA) -> tuple[str, list[str]]:
    """Set up an application of codes; return its key and the recovery codes."""
    sign_in(page, demo, who)
    page.goto(demo.portal + CHOICE)
    page.get_by_role("button", name="Application de codes sur téléphone").click()
    seed = _seed(page)
    page.get_by_label("Code à 6 chiffres").fill(pyotp.TOTP(seed).now())
    page.get_by_role("button", name="Relier le téléphone").click()
    page.get_by_role("button", name="Créer mes codes").click()
    codes = _codes(page)
    page.get_by_label(fr("J'ai imprimé ou enregistré mes codes")).check()
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("heading", name="Votre compte est bien protégé")).to_be_visible()
    execute(demo, _FORGIVEN)
    return seed, codes


def _to_second_step(page: Page, demo: Demo, who: str = SAMIRA) -> None:
    page.context.clear_cookies()
    page.goto(f"{demo.portal}/connexion")
    page.get_by_label("Identifiant").fill(who)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name=fr("Confirmez que c'est bien vous"))).to_be_visible()


def test_setting_it_up_needs_no_mouse(page: Page, demo: Demo) -> None:
    sign_in(page, demo, SAMIRA)
    page.goto(demo.portal + SECURITY)
    for name, heading in (
        ("Activer la vérification en deux étapes", "Activer la vérification en deux étapes"),
        ("Application de codes sur téléphone", "Reliez votre téléphone"),
    ):
        tab_to(page, name)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=heading, level=1).wait_for()
    tab_to(page, "Je ne peux pas scanner")
    page.keyboard.press("Enter")
    seed = re.sub(r"\s", "", page.locator("#cle").inner_text())
    tab_to(page, "Code à 6 chiffres")
    page.keyboard.type(pyotp.TOTP(seed).now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Créez vos codes de secours")).to_be_visible()
    tab_to(page, "Créer mes codes")
    page.keyboard.press("Enter")
    expect(page.locator("#codes li")).to_have_count(10)
    tab_to(page, fr("J'ai imprimé ou enregistré mes codes"))
    page.keyboard.press("Space")
    tab_to(page, "Terminer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Votre compte est bien protégé")).to_be_visible()


def test_signing_in_by_code_then_by_recovery_code(page: Page, demo: Demo) -> None:
    seed, codes = _enrolled(page, demo)
    _to_second_step(page, demo)
    page.get_by_label("Code de votre application").fill(pyotp.TOTP(seed).now())
    page.wait_for_load_state()  # its script sends a form once
    page.get_by_role("button", name="Vérifier le code").dblclick()  # sent twice, it would bring a code already used
    expect(page.get_by_role("heading", name="Applications", level=1)).to_be_visible()
    _to_second_step(page, demo)
    page.get_by_text(fr("Je n'ai pas mon téléphone")).click()
    page.get_by_role("link", name="Utiliser un code de secours").click()
    page.get_by_label("Code de secours").fill(codes[0].lower())
    page.get_by_role("button", name="Vérifier le code").click()
    expect(page.get_by_text("Il vous reste 9 codes de secours")).to_be_visible()


def test_codes_are_kept_as_a_file_and_are_gone_from_the_history(page: Page, demo: Demo) -> None:
    sign_in(page, demo, SAMIRA)
    page.goto(demo.portal + CHOICE)
    page.get_by_role("button", name="Application de codes sur téléphone").click()
    page.get_by_label("Code à 6 chiffres").fill(pyotp.TOTP(_seed(page)).now())
    page.get_by_role("button", name="Relier le téléphone").click()
    page.get_by_role("button", name="Créer mes codes").click()
    codes = _codes(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger").click()
    assert all(code in download.value.path().read_text() for code in codes)
    page.goto(demo.portal + SECURITY)
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser kept nothing: it would have to send the form again
        page.go_back()
    expect(page.locator("html")).not_to_contain_text(codes[0])


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda value: f"{value['color_scheme']}-{value['viewport']['width']}"
)
def test_no_page_of_it_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    context = chromium.new_context(locale="fr-FR", reduced_motion="reduce", **settings)
    page, found = context.new_page(), []
    for name in _walk(page, demo):
        found += looked_at(page, name)
    context.close()
    assert found == []


def _walk(page: Page, demo: Demo) -> Iterator[str]:
    """Go through every page and state, and name each."""
    sign_in(page, demo, SAMIRA)
    yield "the proposal"
    for path in (SECURITY, CHOICE, "/verification?application=snapi-cap&next=/", "/annuaire/securite/deux-etapes/cle"):
        page.goto(demo.portal + path)
        yield path
    page.goto(demo.portal + CHOICE)
    page.get_by_role("button", name="Application de codes sur téléphone").click()
    seed = _seed(page)
    page.get_by_label("Code à 6 chiffres").fill("000000")
    page.get_by_role("button", name="Relier le téléphone").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "the key, with an error"
    page.get_by_label("Code à 6 chiffres").fill(pyotp.TOTP(seed).now())
    page.get_by_role("button", name="Relier le téléphone").click()
    expect(page.get_by_role("heading", name="Créez vos codes de secours")).to_be_visible()
    yield "before the codes"
    yield from _walk_codes(page)
    yield from _walk_after(page, demo)


def _walk_codes(page: Page) -> Iterator[str]:
    page.get_by_role("button", name="Créer mes codes").click()
    _codes(page)
    yield "the codes"
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "the codes, with an error"
    page.get_by_label(fr("J'ai imprimé ou enregistré mes codes")).check()
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("heading", name="Votre compte est bien protégé")).to_be_visible()
    yield "done"


def _walk_after(page: Page, demo: Demo) -> Iterator[str]:
    for act in ("", "Renommer", "Désactiver", "Créer de nouveaux codes"):
        page.goto(demo.portal + SECURITY)
        if act:
            page.get_by_role("link", name=act).click()
            expect(page).not_to_have_url(demo.portal + SECURITY)
        yield f"{SECURITY} {act}"
    page.goto(f"{demo.portal}/verification?application=snapi-cap&next=/")
    yield "stepping up"
    _to_second_step(page, demo)
    page.get_by_text(fr("Je n'ai pas mon téléphone")).click()
    yield "the second step"
    page.get_by_label("Code de votre application").fill("000000")
    page.get_by_role("button", name="Vérifier le code").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "the second step, with an error"
    page.goto(f"{demo.portal}/connexion/verification/code-de-secours")
    yield "a recovery code"
