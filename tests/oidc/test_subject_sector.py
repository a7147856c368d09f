"""OpenID Connect Core, section 8.1: one sector over several hosts, when a document that is published joins them."""

from typing import Any

import pytest
from django.test import Client as Browser

from convergences.audit.services import SYSTEM
from convergences.foundations.outbound import Answer, Forbidden, Unreachable
from convergences.protocols.oidc import queries
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client, Sector
from convergences.protocols.oidc.services import clients
from tests.cast import Cast
from tests.oidc.publishing import Web, replace_the_web
from tests.oidc.relying import CALLBACK, Relying, define, entitle
from tests.oidc.test_subject_pairwise import paired, subject

pytestmark = pytest.mark.database
PLACE = "https://cig.example/sector.json"
HERE, THERE = CALLBACK, "https://elsewhere.example/cb"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = replace_the_web(monkeypatch)
    web.pages[PLACE] = [HERE, THERE, "https://rival.example/cb"]
    return web


def over_two_hosts(cast: Cast, **changes: Any) -> Relying:
    return paired(cast, cast.bip, **{"redirect_uris": [HERE, THERE], "sector_identifier_uri": PLACE, **changes})


WRONG: list[Any] = [
    [],
    [HERE],
    [HERE, f"{THERE}/"],
    [HERE, THERE.upper()],
    {"redirect_uris": [HERE, THERE]},
    f"{HERE} {THERE}",
    [[HERE, THERE]],
    [HERE, 7],
    "<html>",
    "[" * 50_000,
    Answer(302, "application/json", b""),
    Answer(404, "application/json", b"[]"),
    Unreachable("down"),
    Forbidden("inside"),
]


@pytest.mark.parametrize("page", WRONG, ids=range(len(WRONG)))
def test_a_document_that_does_not_list_every_address_is_refused(cast: Cast, web: Web, page: Any) -> None:
    """8.1: "the values of the registered redirect_uris MUST be included in the elements of the array"."""
    web.pages[PLACE] = page
    with pytest.raises(InvalidClientMetadata) as refusal:
        over_two_hosts(cast)
    assert refusal.value.field == "sector_identifier_uri"
    assert refusal.value.sentence.startswith("sector_identifier_uri : ")
    assert not Client.objects.exists()
    assert not Sector.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/s", "http://10.0.0.1/s", "https://[::1]/s", "https://me@cig.example/", "ftp://cig.example/", 7],
)
def test_an_address_that_leads_inside_is_refused_by_name(cast: Cast, address: Any) -> None:
    """SSRF, by the real client."""
    with pytest.raises(InvalidClientMetadata) as refusal:
        over_two_hosts(cast, sector_identifier_uri=address)
    assert refusal.value.field == "sector_identifier_uri"


def test_without_pairwise_it_would_have_no_effect_and_is_refused(cast: Cast, web: Web) -> None:
    with pytest.raises(InvalidClientMetadata, match="pairwise") as refusal:
        define(cast.bip, sector_identifier_uri=PLACE)
    assert refusal.value.field == "sector_identifier_uri"
    assert web.read == []


def test_one_name_from_all_its_hosts(cast: Cast, web: Web, claire: Browser) -> None:
    entitle(cast.claire, cast.bip)
    bip = over_two_hosts(cast)
    there = Relying(bip.client, redirect_uri=THERE)
    assert subject(bip, claire) == subject(there, claire) != cast.claire.agent.subject
    assert Sector.objects.get().identifier == "cig.example"


def test_applications_that_share_the_document_share_the_name(cast: Cast, web: Web, claire: Browser) -> None:
    """8.1: the sector is the host of the document; nobody enters it whom the document does not list."""
    entitle(cast.claire, cast.bip)
    entitle(cast.claire, cast.cotisations)
    rival = paired(cast, cast.cotisations, redirect_uris=["https://rival.example/cb"], sector_identifier_uri=PLACE)
    assert subject(over_two_hosts(cast), claire) == subject(rival, claire)
    with pytest.raises(InvalidClientMetadata):
        paired(cast, cast.cotisations, redirect_uris=["https://stranger.example/cb"], sector_identifier_uri=PLACE)


def test_agents_keep_the_name_by_which_they_came(cast: Cast, web: Web, claire: Browser) -> None:
    """DOMAIN, rule 5."""
    entitle(cast.claire, cast.bip)
    before = subject(paired(cast, cast.bip), claire)
    assert subject(over_two_hosts(cast), claire) == before


def test_a_sector_that_named_nobody_may_change(cast: Cast, web: Web) -> None:
    paired(cast, cast.bip)
    assert over_two_hosts(cast).client.sector == Sector.objects.get(identifier="cig.example")


def test_it_is_asked_again_only_of_addresses_that_come(cast: Cast, web: Web) -> None:
    client = over_two_hosts(cast).client
    described = queries.metadata_of(client)
    assert described["sector_identifier_uri"] == PLACE
    web.pages[PLACE] = Unreachable("down")
    assert clients.define(cast.bip, described, actor=SYSTEM).changed == ()
    assert clients.define(cast.bip, {**described, "redirect_uris": [THERE]}, actor=SYSTEM).changed == ("redirect_uris",)
    assert web.read == [PLACE]
    with pytest.raises(InvalidClientMetadata):
        clients.define(cast.bip, described, actor=SYSTEM)
