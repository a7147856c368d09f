"""The page of who puts an application behind a web server shows what is shipped, to the letter."""

import re

import pytest

from tests.forward_auth.fronts import SHIPPED
from tests.oidc.live import ROOT

PAGE = (ROOT / "docs/users/serveur-mandataire.md").read_text()
SHOWN = re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
NAMES = sorted(path.name for path in SHIPPED.iterdir())
TOLD = ("Remote-User", "Remote-Email", "Remote-Name", "Remote-Groups", "Remote-Organization", "Remote-Siret")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_what_is_shipped(name: str) -> None:
    assert (SHIPPED / name).read_text() in SHOWN


def test_the_page_shows_nothing_else() -> None:
    assert len(SHOWN) == len(NAMES) == 6


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("apache")])
def test_each_server_replaces_every_header_that_is_told(name: str) -> None:
    """One left out would be the browser's."""
    assert all(told in (SHIPPED / name).read_text() for told in (*TOLD, "Remote-Acr", "Remote-Amr", "Remote-Token"))
