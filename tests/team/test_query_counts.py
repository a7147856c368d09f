"""Queries per page are constant in the number of agents, rights, events and organizations."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.catalog.models import Application
from convergences.directory.models import Membership, Profile
from tests.cast import Cast, application, join, member, organization
from tests.team.pages import client, right, sheet, team

pytestmark = pytest.mark.database

PAGES = ["", "utilisateurs", "utilisateurs?q=agent", "utilisateurs?etat=expirent", "utilisateurs?application=bip",
         "utilisateurs/creer", "journal", "journal/export"]  # fmt: skip


def _people(cast: Cast, start: int, end: int) -> Iterator[Membership]:
    for number in range(start, end):
        someone = member(cast.pantin, f"Anne Agent{number}", email=f"a{number}@pantin.example")
        right(someone, cast.bip)
        yield someone


def _queries(cast: Cast, path: str) -> int:
    nadia = client(cast.nadia)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = nadia.get(path)
        if answer.streaming:
            list(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return len(captured)


def _all(cast: Cast) -> dict[str, int]:
    paths = [team(path) for path in PAGES] + [
        sheet(cast.claire),
        sheet(cast.claire, "fiche"),
        sheet(cast.claire, "modifier"),
    ]
    paths += ["/annuaire/profil", "/annuaire/securite"]
    return {path: _queries(cast, path) for path in paths}


def test_two_hundred_agents_cost_the_queries_of_ten(cast: Cast) -> None:
    list(_people(cast, 0, 10))
    few = _all(cast)
    list(_people(cast, 10, 200))
    assert _all(cast) == few
    assert max(few.values()) <= 20, few


def test_more_applications_cost_no_more_queries(cast: Cast) -> None:
    few = _all(cast)
    made: list[Application] = [application(f"app-{n}", f"Appli {n}", [("a", "A"), ("b", "B")]) for n in range(12)]
    for each in made[:6]:
        right(cast.claire, each, "a")
    assert _all(cast) == few


def test_more_employers_cost_no_more_queries(cast: Cast) -> None:
    few = {path: _queries(cast, path) for path in ("/annuaire/profil", team())}
    for number in range(8):
        town = organization(f"ville-{number}", f"2193005550{number:04}", f"Ville {number}")
        right(join(cast.nadia.agent, town, profile=Profile.REFERENT), cast.bip)
    assert {path: _queries(cast, path) for path in few} == few


def test_a_selection_is_foreseen_in_a_constant_number_of_queries(cast: Cast) -> None:
    def count(people: list[Membership]) -> int:
        nadia = client(cast.nadia)
        form = {"action": "grant", "step": "preview", "right": "bip:reader", "u": [str(each.uid) for each in people]}
        with CaptureQueriesContext(connection) as captured:
            assert nadia.post(team("utilisateurs/selection"), form).status_code == 200
        return len(captured)

    everybody = list(_people(cast, 0, 60))
    assert count(everybody[:5]) == count(everybody)
