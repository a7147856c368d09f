"""One fixed cast for every test: Nadia the référente, Claire the agent, Karim who is référent elsewhere, and the centre."""

import pytest

from tests import flushing
from tests.cast import Cast, build_cast

flushing.allow()


@pytest.fixture
def cast(db: None) -> Cast:
    """The people and organizations that every test talks about."""
    return build_cast()
