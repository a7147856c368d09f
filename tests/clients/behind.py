"""The application behind Apache, whatever its module: entering it, what it receives, and whether it is open."""

from typing import Any

from tests.clients.world import World, sign_in
from tests.oidc.surfing import Surfer


def enter(world: World, surfer: Surfer, site: str) -> dict[str, Any]:
    """Sign Claire in at a page of the site; return the headers that the application has received."""
    surfer.go(f"{site}/paie?mois=11")
    assert surfer.page.url.startswith(f"{world.portal}/connexion"), surfer.page.text
    sign_in(surfer)
    assert surfer.page.url == f"{site}/paie?mois=11", surfer.page.text
    return received(surfer)


def received(surfer: Surfer) -> dict[str, Any]:
    """Return the headers that the application has received."""
    assert surfer.page.status_code == 200, surfer.page.text
    headers: dict[str, Any] = surfer.page.json()["headers"]
    return headers


def let_in(site: str, surfer: Surfer) -> bool:
    """Tell whether Apache still opens a page without asking the portal."""
    return surfer.session.get(f"{site}/encore", allow_redirects=False, timeout=20).status_code == 200
