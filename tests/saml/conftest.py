"""The site speaks SAML, and Claire may open it."""

from collections.abc import Iterator

import pytest

from convergences.protocols.saml import certificates
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.saml.serving import Peer, define


@pytest.fixture(autouse=True)
def no_key_of_another_test() -> Iterator[None]:
    """Keys are kept in memory for a minute: each test has its own database, so its own keys."""
    certificates.forget_cached()
    yield
    certificates.forget_cached()


@pytest.fixture
def site(cast: Cast) -> Peer:
    """The site, in the browser where Claire, who may open it, is signed in."""
    give(cast.claire, cast.cotisations)
    define(cast.cotisations)
    return Peer(browser=signed_in(cast.claire.agent))
