"""The tiles of the portal."""

import datetime as dt

import pytest
import time_machine

from convergences.admission.decisions import SessionAssurance
from convergences.admission.queries import Tile, tiles
from convergences.catalog.models import Application, Opening, Pilot
from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.admission.doing import entitle
from tests.cast import Cast, application, join

pytestmark = pytest.mark.database
NOON = dt.datetime(2027, 1, 10, 11, tzinfo=dt.UTC)
MARCH = dt.date(2027, 3, 14)


def of(membership: Membership, **how: SessionAssurance) -> dict[str, Tile]:
    """The tiles of this agent, by slug."""
    return {tile.application.slug: tile for tile in tiles(membership.agent, clock.now(), **how)}


def test_what_an_agent_may_open_has_a_tile_and_nothing_else(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    entitle(cast.lucie, cast.cotisations)
    shown = of(cast.claire)
    assert list(shown) == ["bip"]
    assert (shown["bip"].state, shown["bip"].memberships) == ("open", (cast.claire,))


def test_tiles_come_in_the_catalogue_s_order(cast: Cast) -> None:
    first = application("octime", "Octime", [("reader", "Consulter")], position=1)
    for offered in (cast.cotisations, cast.bip, first):
        entitle(cast.claire, offered)
    assert list(of(cast.claire)) == ["octime", "bip", "net-cotisations"]


@time_machine.travel(NOON)
def test_an_application_to_come_shows_its_day(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    Opening.objects.create(application=cast.bip, organization=cast.pantin, opens_on=MARCH)
    tile = of(cast.claire)["bip"]
    assert (tile.state, tile.opens_on, tile.sentence) == ("soon", MARCH, "Ouverture le 14\u00a0mars\u00a02027")


@time_machine.travel(NOON)
def test_an_application_to_come_is_shown_where_a_right_can_be_given(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(opens_on=MARCH)
    assert of(cast.claire)["bip"].state == "soon"
    Application.objects.filter(pk=cast.bip.pk).update(affiliations=[])
    assert of(cast.claire) == {}


@time_machine.travel(NOON)
@pytest.mark.parametrize("status", ["draft", "closed"])
def test_what_is_withdrawn_has_no_tile_whatever_its_day(cast: Cast, status: str) -> None:
    entitle(cast.claire, cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(status=status, opens_on=MARCH)
    assert of(cast.claire) == {}


def test_a_trial_is_for_its_pilots(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(status="pilot", opens_on=dt.date(2000, 1, 1))
    Pilot.objects.create(application=cast.bip, agent=cast.claire.agent)
    entitle(cast.claire, cast.bip)
    entitle(cast.moussa, cast.bip)
    assert of(cast.claire)["bip"].state == "open"
    waiting = of(cast.moussa)["bip"]
    assert (waiting.state, waiting.opens_on, waiting.sentence) == ("soon", None, "Bientôt")
    assert of(cast.nadia) == {}


def test_one_tile_for_several_employers(cast: Cast) -> None:
    elsewhere = join(cast.claire.agent, cast.romainville)
    entitle(cast.claire, cast.bip)
    entitle(elsewhere, cast.bip)
    entitle(elsewhere, cast.cotisations)
    shown = of(cast.claire)
    assert shown["bip"].memberships == (cast.claire, elsewhere)
    assert shown["net-cotisations"].memberships == (elsewhere,)


@time_machine.travel(NOON)
def test_open_for_one_employer_it_is_an_open_tile(cast: Cast) -> None:
    elsewhere = join(cast.claire.agent, cast.romainville)
    for membership in (cast.claire, elsewhere):
        entitle(membership, cast.bip)
    Opening.objects.create(application=cast.bip, organization=cast.pantin, opens_on=MARCH)
    tile = of(cast.claire)["bip"]
    assert (tile.state, tile.memberships) == ("open", (elsewhere,))


@time_machine.travel(NOON)
def test_to_come_for_two_employers_the_first_day_is_shown(cast: Cast) -> None:
    elsewhere = join(cast.claire.agent, cast.romainville)
    for membership, day in ((cast.claire, MARCH), (elsewhere, dt.date(2027, 2, 1))):
        entitle(membership, cast.bip)
        Opening.objects.create(application=cast.bip, organization=membership.organization, opens_on=day)
    assert of(cast.claire)["bip"].opens_on == dt.date(2027, 2, 1)


@pytest.mark.parametrize("asked", ["second_factor", "fresh_second_factor"])
def test_a_tile_says_that_more_will_be_asked(cast: Cast, asked: str) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance=asked)
    entitle(cast.claire, cast.bip)
    now = clock.now()
    weak, strong = (SessionAssurance(("pwd",), now, proved) for proved in (None, now))
    assert of(cast.claire, assurance=weak)["bip"].state == "step_up"
    assert of(cast.claire)["bip"].sentence == "Vérification en deux étapes"
    assert of(cast.claire, assurance=strong)["bip"].state == "open"


@pytest.mark.parametrize("state", ["invited", "suspended", "deleted"])
def test_an_inactive_account_has_no_tile(cast: Cast, state: str) -> None:
    entitle(cast.claire, cast.bip)
    type(cast.claire.agent).objects.filter(pk=cast.claire.agent_id).update(state=state)
    assert of(cast.claire) == {}
