"""What tests of the middlewares share."""

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture
def probes(settings: Settings) -> None:
    """Add the probes' addresses to the product's."""
    settings.ROOT_URLCONF = "tests.web.probes"
