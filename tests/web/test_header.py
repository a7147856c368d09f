"""The top and the side of every page: who one is, for whom, and where one may go."""

from typing import Any

import pytest

from convergences.directory.models import Profile
from convergences.foundations import clock
from tests.cast import Cast, join, organization, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]


def _page(who: Any) -> str:
    return signed_in(who.agent).get("/probe/framed").content.decode().replace("\u00a0", " ").replace("’", "'")


def test_an_agent_reads_their_name_and_employer_and_no_referents_menu(cast: Cast) -> None:
    page = _page(cast.claire)
    assert "Bienvenue, <strong>Claire Nguyen</strong>" in page
    assert "Ville de Pantin</span>" in page
    assert "collectivites" not in page


def test_a_referent_finds_their_organization(cast: Cast) -> None:
    page = _page(cast.nadia)
    assert "<h2>Ma collectivité</h2>" in page
    assert 'href="/annuaire/collectivites/pantin/utilisateurs"' in page
    assert "Changer de collectivité" not in page


def test_a_referent_of_several_organizations_changes_between_them(cast: Cast) -> None:
    join(cast.nadia.agent, organization("ccas", "26930055500019", "CCAS de Pantin"), profile=Profile.REFERENT)
    join(cast.nadia.agent, cast.romainville)
    page = _page(cast.nadia)
    assert "Changer de collectivité" in page
    assert 'href="/annuaire/collectivites/ccas/"' in page
    assert "3 employeurs" in page
    assert "/collectivites/romainville" not in page


def test_an_employer_that_is_over_is_named_no_more(cast: Cast) -> None:
    cast.claire.closed_at = clock.now()
    cast.claire.save()
    assert "Ville de Pantin" not in _page(cast.claire)


def test_leaving_the_directory_is_not_leaving_the_portal(cast: Cast) -> None:
    page = _page(cast.claire)
    assert 'action="/annuaire/quitter"' in page
    assert 'action="/deconnexion"' not in page
    assert 'action="/deconnexion"' in signed_in(cast.claire.agent).get("/").content.decode()


def test_the_header_costs_one_query_however_many_employers(cast: Cast, django_assert_num_queries: Any) -> None:
    for number in range(5):
        join(cast.nadia.agent, organization(f"o{number}", f"{number}", f"Ville {number}"), profile=Profile.REFERENT)
    nadia = signed_in(cast.nadia.agent)
    with django_assert_num_queries(2):  # the session, the employers
        nadia.get("/probe/framed")
