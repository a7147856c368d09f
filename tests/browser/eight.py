"""The demo's eight tiles: where each leads, and what stands there for whoever may come in."""

from dataclasses import dataclass

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.rows import execute

# Whom the demo gives a right on each application; a référent too, hence the directory.
MOUSSA = "moussa.diarra@pantin.example"


@dataclass(frozen=True)
class Tile:
    """A tile: its name, the application's key (none: the portal itself), and the heading of the page it opens."""

    name: str
    key: str
    heading: str
    deep: str = ""
    deep_heading: str = ""


COMMISSION = Tile(
    "Commission de réforme / Comité médical", "commission", "Dossiers de votre collectivité", "/mon-acces", "Mon accès"
)
DIRECTORY = Tile("Annuaire", "", "Bienvenue, Moussa Diarra")
OPENED = (
    Tile("BIP", "bip", "Bonjour Moussa", "/modeles", "Modèles d’actes"),
    Tile("Net-Cotisations", "cotisations", "Cotisations de votre collectivité", "/declarer?mois=1", "Déclaration de"),
    Tile("Octime", "octime", "Ma semaine", "/mes-acces?v=1", "Mes accès"),
    Tile(
        "SNAPI-CAP", "snapi", "Dossiers de votre collectivité", "/seances?annee=2026&trimestre=4", "Prochaines séances"
    ),
    Tile("RDV emploi public", "rdv", "Bonjour"),
    Tile("Site internet", "site", "Bonjour Moussa Diarra", "/documents?tri=date", "Documents"),
)
ON_SERVERS = tuple(tile for tile in OPENED if tile.key != "rdv")
NEW = tuple(tile for tile in OPENED if tile.key in {"cotisations", "octime", "snapi", "site"})


def open_tile(page: Page, demo: Demo, tile: Tile) -> None:
    """Open a tile from the portal, and see its page without having signed in again."""
    page.goto(f"{demo.portal}/")
    page.get_by_role("link", name=tile.name, exact=True).click()
    if tile.key:
        page.wait_for_url(f"{getattr(demo, tile.key)}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(fr(tile.heading))


def is_closed(page: Page, demo: Demo, tile: Tile) -> bool:
    """Say whether a page of an application sends its reader to sign in, or to be told why not."""
    page.goto(f"{getattr(demo, tile.key)}{tile.deep or '/'}")
    expect(page.locator("#vers-le-portail")).to_have_count(0)  # the form by which some ask the portal goes by itself
    return page.url.startswith(demo.portal)


_PROVED = """UPDATE authentication_session SET factors = '["pwd", "otp", "mfa"]', level = 'eidas2',
    second_factor_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE ended_at IS NULL AND agent_id =
    (SELECT id FROM directory_agent WHERE email = ?)"""
_FORGOTTEN = "DELETE FROM authentication_{} WHERE agent_id = (SELECT id FROM directory_agent WHERE email = ?)"


def prove(demo: Demo) -> None:
    """Give Moussa's open sessions what a code of his telephone would: a code is good once, and tests do not wait."""
    execute(demo, _PROVED, MOUSSA)


def sign_in_by_two_factors(page: Page, demo: Demo) -> None:
    """Sign in as Moussa, strongly enough for every tile."""
    sign_in(page, demo, MOUSSA)
    prove(demo)


def enrol(page: Page) -> None:
    """From the page that asks for a second step, add an application of codes, keep the codes, and go on."""
    page.get_by_role("link", name="Activer la vérification en deux étapes").click()
    page.get_by_role("button", name="Application de codes sur téléphone").click()
    page.get_by_text("Je ne peux pas scanner").click()
    seed = page.locator("#cle").inner_text().replace(" ", "").replace("\u00a0", "")
    page.get_by_label("Code à 6 chiffres").fill(pyotp.TOTP(seed).now())
    page.get_by_role("button", name="Relier le téléphone").click()
    page.get_by_role("button", name="Créer mes codes").click()
    page.get_by_role("checkbox", name=fr("J'ai imprimé ou enregistré mes codes")).check()
    page.get_by_role("button", name="Terminer").click()
    page.get_by_role("link", name="Continuer").click()


def forget(demo: Demo) -> None:
    """Take Moussa's second factor away, as if he had never had one."""
    for table in ("totp", "recoverycode"):
        execute(demo, _FORGOTTEN.format(table), MOUSSA)
