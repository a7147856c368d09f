"""One fixed cast for every test: Nadia the référente, Claire the agent, Karim who is référent elsewhere, and the centre."""

import os

os.environ.setdefault("CONVERGENCES_SECRET_KEY", "a secret for tests only, of more than 32 characters")
os.environ.setdefault("CONVERGENCES_BASE_URL", "http://testserver")
os.environ.setdefault("CONVERGENCES_DATABASE_URL", "sqlite:///:memory:")
os.environ.setdefault("CONVERGENCES_DEMO", "true")

import pytest

from tests.cast import Cast, build_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The people and organizations that every test talks about."""
    return build_cast()
