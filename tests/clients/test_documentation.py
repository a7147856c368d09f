"""The page of who connects an application shows what these tests run, to the letter."""

import re
from pathlib import Path

import pytest

from tests.clients.examples import FOLDER
from tests.oidc.live import ROOT

PAGE = (ROOT / "docs/users/connecter-une-application.md").read_text()
SHOWN = re.findall(r"^```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
EXAMPLES = sorted(path for path in FOLDER.iterdir() if path.is_file() and path.name != "__init__.py")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.name))
def test_the_page_shows_the_example_that_is_run(path: Path) -> None:
    assert path.read_text() in SHOWN


def test_the_page_shows_nothing_else() -> None:
    assert len(SHOWN) == len(EXAMPLES) == 3
