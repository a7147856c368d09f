"""Net-Cotisations speaks CAS, and Claire may consult it."""

import pytest
from django.test import Client as Browser

from tests.cas.serving import Peer, define
from tests.cast import Cast, signed_in
from tests.home.rights import give


@pytest.fixture
def cotisations(cast: Cast) -> Peer:
    """Net-Cotisations, which Claire may consult."""
    give(cast.claire, cast.cotisations)
    define(cast.cotisations)
    return Peer()


@pytest.fixture
def claire(cast: Cast) -> Browser:
    """The browser in which Claire is signed in."""
    return signed_in(cast.claire.agent)
