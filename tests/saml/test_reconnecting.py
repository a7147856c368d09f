"""An application that is disconnected, then connected again, knows its agents by the same names (DOMAIN, rule 5)."""

import pytest

from convergences.audit.services import SYSTEM
from convergences.protocols.saml.models import KeptSalt, ServiceProvider
from convergences.protocols.saml.panel import removal
from tests.cast import Cast
from tests.home.rights import give
from tests.saml.serving import Peer, answer_in, define, metadata, request

pytestmark = pytest.mark.database


@pytest.mark.parametrize("entity", ["https://site.example/saml", "https://moved.example/saml"])
def test_names_are_those_of_before(site: Peer, cast: Cast, entity: str) -> None:
    """Even twice, even if it calls itself otherwise."""
    before = answer_in(site.send()).name.text
    for _time in range(2):
        assert removal.remove(cast.cotisations, actor=SYSTEM)
        assert not ServiceProvider.objects.exists()
        define(cast.cotisations, metadata(entity=entity))
    assert answer_in(site.send(request(issuer=entity))).name.text == before


def test_another_application_that_takes_its_name_knows_agents_by_others(site: Peer, cast: Cast) -> None:
    before = answer_in(site.send()).name.text
    removal.remove(cast.cotisations, actor=SYSTEM)
    give(cast.claire, cast.bip)
    define(cast.bip)
    assert answer_in(site.send()).name.text != before
    assert KeptSalt.objects.get().application_id == cast.cotisations.pk
