"""Eight tiles opened with one sign-in, by four protocols; one sign-out closes all; a removed right closes all too."""

import sys
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.eight import (
    COMMISSION,
    DIRECTORY,
    MOUSSA,
    NEW,
    ON_SERVERS,
    OPENED,
    Tile,
    enrol,
    forget,
    is_closed,
    open_tile,
    prove,
    sign_in_by_two_factors,
)
from tests.browser.rows import execute

pytestmark = [pytest.mark.browser, pytest.mark.long]

SNAPI = next(tile for tile in OPENED if tile.key == "snapi")
# Seconds that a busy machine may take; what it took is printed.
PATIENCE = 30
_RIGHTS = """UPDATE entitlements_entitlement SET closed_at = ? WHERE closed_at IS {state} AND membership_id IN
    (SELECT m.id FROM directory_membership m JOIN directory_agent a ON a.id = m.agent_id WHERE a.email = ?)"""


def _eventually(closed: Callable[[], bool]) -> float:
    """Return after how many seconds it was so; fail when it takes too long."""
    start = time.monotonic()
    while not closed():
        assert time.monotonic() - start < PATIENCE
        time.sleep(0.1)
    return time.monotonic() - start


def _sign_out_of_the_portal(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/deconnexion")
    page.get_by_role("main").get_by_role("button", name="DÉCONNEXION").click()
    page.wait_for_url(f"{demo.portal}/deconnecte**")


@pytest.fixture
def newcomer(demo: Demo) -> Iterator[None]:
    """Moussa has no second factor, before and after."""
    yield
    forget(demo)


def test_a_second_step_made_once_opens_what_asks_for_it_by_each_protocol(
    page: Page, demo: Demo, newcomer: None
) -> None:
    sign_in(page, demo, MOUSSA)
    page.get_by_role("link", name=SNAPI.name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SNAPI-CAP")
    enrol(page)
    page.wait_for_url(f"{demo.snapi}/")
    open_tile(page, demo, COMMISSION)
    page.goto(f"{demo.commission}/mon-acces")
    for said in ("eidas2", "pwd otp mfa"):
        expect(page.locator("main")).to_contain_text(said)


def test_the_own_address_of_the_most_demanding_asks_for_the_second_step_and_comes_back(
    page: Page, demo: Demo, newcomer: None
) -> None:
    sign_in(page, demo, MOUSSA)
    page.goto(f"{demo.commission}{COMMISSION.deep}")
    page.wait_for_url(f"{demo.portal}/verification?**")
    enrol(page)
    page.wait_for_url(f"{demo.commission}{COMMISSION.deep}")
    expect(page.locator("main")).to_contain_text("eidas2")


def test_one_sign_in_opens_the_eight_tiles(page: Page, demo: Demo) -> None:
    sign_in_by_two_factors(page, demo)
    for tile in (*OPENED, COMMISSION):
        open_tile(page, demo, tile)
    page.goto(f"{demo.portal}/")
    page.get_by_role("link", name=DIRECTORY.name, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(DIRECTORY.heading)


def test_one_sign_out_closes_them_all(page: Page, demo: Demo) -> None:
    sign_in_by_two_factors(page, demo)
    for tile in ON_SERVERS:
        open_tile(page, demo, tile)
    _sign_out_of_the_portal(page, demo)
    start = time.monotonic()
    for tile in ON_SERVERS:
        _eventually(lambda tile=tile: is_closed(page, demo, tile))  # type: ignore[misc]
        expect(page.get_by_label("Identifiant")).to_be_visible()
    sys.stdout.write(f"\nsign-out to the last application closed: {time.monotonic() - start:.1f} s")


def test_rights_removed_close_them_all_within_seconds(page: Page, demo: Demo) -> None:
    sign_in_by_two_factors(page, demo)
    for tile in NEW:
        open_tile(page, demo, tile)
    execute(demo, _RIGHTS.format(state="NULL"), "2026-01-01 00:00:00", MOUSSA)
    try:
        start = time.monotonic()
        for tile in NEW:
            _eventually(lambda tile=tile: is_closed(page, demo, tile))  # type: ignore[misc]
        sys.stdout.write(f"\nremoved rights to the last application closed: {time.monotonic() - start:.1f} s")
        expect(page.get_by_role("heading", level=1)).to_contain_text(fr("Vous n'êtes pas habilité à ouvrir"))
    finally:
        execute(demo, _RIGHTS.format(state="NOT NULL"), None, MOUSSA)


@pytest.mark.parametrize("tile", NEW, ids=lambda tile: tile.key)
def test_each_own_address_asks_to_sign_in_and_comes_back_to_the_page(page: Page, demo: Demo, tile: Tile) -> None:
    address = getattr(demo, tile.key) + tile.deep
    page.goto(address)
    page.get_by_label("Identifiant").fill(MOUSSA)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()
    if tile == SNAPI:
        page.wait_for_url(f"{demo.portal}/verification?**")
        prove(demo)
        page.goto(address)
    page.wait_for_url(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text(tile.deep_heading)
    expect(page.locator("header")).to_contain_text("Moussa Diarra")
    expect(page.locator("header")).to_contain_text("Ville de Pantin")


@pytest.mark.parametrize("tile", NEW, ids=lambda tile: tile.key)
def test_leaving_one_leaves_the_portal_and_the_others(page: Page, demo: Demo, tile: Tile) -> None:
    sign_in_by_two_factors(page, demo)
    open_tile(page, demo, ON_SERVERS[0])
    open_tile(page, demo, tile)
    page.locator("header").get_by_text("Se déconnecter").click()
    page.get_by_role("button", name="DÉCONNEXION").click()
    page.wait_for_url(f"{getattr(demo, tile.key)}/au-revoir**")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vous avez quitté")
    page.goto(f"{demo.portal}/")
    page.wait_for_url(f"{demo.portal}/connexion**")
    _eventually(lambda: is_closed(page, demo, ON_SERVERS[0]))
    assert is_closed(page, demo, tile)


def test_pages_are_those_of_the_role(page: Page, demo: Demo, chromium: Browser) -> None:
    sign_in(page, demo, MOUSSA)
    page.goto(f"{demo.octime}/equipe")
    expect(page.get_by_role("heading", level=1)).to_contain_text("réservée au profil « Gérer »")
    page.goto(f"{demo.cotisations}/declarer")
    page.get_by_role("button", name="Déclarer").click()
    expect(page.locator("main")).to_contain_text("attend la validation")
    context = chromium.new_context(locale="fr-FR")
    nadia = context.new_page()
    sign_in(nadia, demo, "nadia.ferhat@pantin.example")
    nadia.goto(f"{demo.cotisations}/declarer")
    nadia.get_by_role("button", name="Valider").click()
    expect(nadia.locator("main")).to_contain_text("Cette déclaration est validée")
    context.close()
