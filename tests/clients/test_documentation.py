"""The pages of who connects an application show what these tests run, to the letter."""

import re
from pathlib import Path

import pytest

from tests.clients.examples import FOLDER
from tests.oidc.live import ROOT

PAGES = {
    "": "docs/users/connecter-une-application.md",
    "cas": "docs/users/connecter-par-cas.md",
    "saml": "docs/users/connecter-par-saml.md",
}
RUN = [
    (folder, path)
    for folder in PAGES
    for path in sorted((FOLDER / folder).iterdir())
    if path.is_file() and path.name != "__init__.py"
]


def shown(folder: str) -> list[str]:
    """Return the blocks of the page of a protocol."""
    return re.findall(r"^```\w+\n(.*?)^```$", (ROOT / PAGES[folder]).read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("folder", "path"), RUN, ids=[path.name for _folder, path in RUN])
def test_the_page_shows_the_example_that_is_run(folder: str, path: Path) -> None:
    assert path.read_text() in shown(folder)


def test_the_first_page_shows_nothing_else() -> None:
    assert len(shown("")) == len([path for folder, path in RUN if not folder]) == 3


def test_every_example_is_looked_for() -> None:
    assert len(RUN) == 3 + 2 + 6
