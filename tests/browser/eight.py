"""The demo's eight tiles: where each leads, and what stands there for whoever may come in."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, fr

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


COMMISSION = Tile("Commission de réforme / Comité médical", "", "demande une vérification en deux étapes")
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
    return page.url.startswith(demo.portal)
