"""What the tests of the command share."""

import pytest

from tests.cli.installation import Template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """One migrated database for all the installations of the session."""
    return Template.made(tmp_path_factory.mktemp("template"))
