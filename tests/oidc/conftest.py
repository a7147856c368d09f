"""BIP as a relying party, and Claire who may consult it."""

import pytest
from django.test import Client as Browser

from tests.cast import Cast, signed_in
from tests.oidc.relying import Relying, define, entitle


@pytest.fixture
def bip(cast: Cast) -> Relying:
    """BIP, which Claire may consult."""
    entitle(cast.claire, cast.bip, "reader")
    return Relying(define(cast.bip))


@pytest.fixture
def claire(cast: Cast) -> Browser:
    """The browser in which Claire is signed in."""
    return signed_in(cast.claire.agent)


@pytest.fixture
def rival(cast: Cast) -> Relying:
    """Another application, confidential too."""
    return Relying(
        define(cast.cotisations, redirect_uris=["https://rival.example/cb"]), redirect_uri="https://rival.example/cb"
    )
