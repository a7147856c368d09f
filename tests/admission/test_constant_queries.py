"""The decision costs the same, whatever the number of agents, employers, applications and rights."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.admission import services as admission
from convergences.admission.queries import preview_tiles, tiles, visits_to_end
from convergences.authentication.models import Session
from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.admission.doing import ask, entitle, session_of, visit
from tests.cast import Cast, application, join, member, organization

pytestmark = pytest.mark.database
SIZES = pytest.mark.parametrize("size", [1, 10, 200])


def crowd(cast: Cast, size: int) -> None:
    """Add as many agents with a right, référents, employers of Claire's, and (up to 20) applications."""
    for n in range(size):
        someone = member(cast.pantin, f"Agent Numéro{n}", profile="referent" if n % 10 == 0 else "user")
        entitle(someone, cast.bip)
    for n in range(size):
        town = organization(f"ville-{n}", f"{n:014d}", f"Ville {n}")
        entitle(join(cast.claire.agent, town), cast.cotisations)
    for n in range(min(size, 20)):
        entitle(cast.claire, application(f"app-{n}", f"Application {n}", [("reader", "Consulter")]))


def queries(act: Callable[[], Any]) -> int:
    """How many statements the act sends."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


@SIZES
def test_entering_reads_the_facts_once_and_who_they_are_about(cast: Cast, size: int) -> None:
    crowd(cast, size)
    entitle(cast.claire, cast.bip)
    assert queries(lambda: ask(cast.claire, cast.bip)) == 1


@SIZES
def test_refusing_reads_the_facts_once_then_whom_to_ask(cast: Cast, size: int) -> None:
    crowd(cast, size)
    assert queries(lambda: ask(cast.claire, cast.bip)) == 3


@SIZES
def test_several_employers_cost_no_more(cast: Cast, size: int) -> None:
    crowd(cast, size)
    session = Session.objects.select_related("agent").get(pk=session_of(cast.claire.agent).pk)
    assert queries(lambda: admission.decide_for_session(session, cast.cotisations)) <= 3


@SIZES
def test_tiles_are_three_queries(cast: Cast, size: int) -> None:
    crowd(cast, size)

    def read() -> None:
        for tile in tiles(cast.claire.agent, clock.now()):
            assert [one.organization.name for one in tile.memberships]

    assert queries(read) == 3


@SIZES
def test_a_preview_is_three_queries(cast: Cast, size: int) -> None:
    crowd(cast, size)
    assert queries(lambda: preview_tiles(cast.claire)) == 3


@SIZES
def test_the_visits_to_end_are_found_by_one_query_and_marked_by_a_few(cast: Cast, size: int) -> None:
    for n in range(size):
        someone = member(cast.pantin, f"Agent Numéro{n}")
        if n % 2:
            entitle(someone, cast.bip)
        visit(someone, cast.bip)
    assert queries(lambda: list(visits_to_end(clock.now()))) == 1
    assert queries(lambda: admission.request_ends(clock.now())) <= 5


@SIZES
def test_whether_a_visit_goes_on_is_one_query(cast: Cast, size: int) -> None:
    crowd(cast, size)
    entitle(cast.claire, cast.bip)
    opened = visit(Membership.objects.get(pk=cast.claire.pk), cast.bip)
    assert queries(lambda: admission.decide_for_visit(opened, now=clock.now())) == 1
