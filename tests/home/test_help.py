"""Help: the usual questions for strangers, and the people to ask by name for agents."""

from typing import Any

import pytest
from django.test import Client

from convergences.directory.models import Profile
from tests.cast import Cast, join, signed_in
from tests.home.rights import text


def test_a_stranger_reads_the_questions_without_a_name() -> None:
    page = text(Client().get("/aide"))  # no database mark: nothing is read
    assert "Qui est mon référent administrateur ?" in page
    assert 'href="mailto:assistance@cig.example"' in page


@pytest.mark.database
def test_an_agent_reads_the_names_of_their_referents_and_of_no_other_town(cast: Cast) -> None:
    page = text(signed_in(cast.claire.agent).get("/aide"))
    assert "Vos référents administrateurs à la Ville de Pantin" in page
    assert "Nadia Ferhat" in page
    assert "mailto:moussa.diarra%40pantin.example" in page
    assert "Karim Benali" not in page
    assert "Qui est mon référent administrateur ?" not in page


@pytest.mark.database
def test_a_referent_reads_the_name_of_the_correspondant(cast: Cast) -> None:
    cast.pantin.correspondent = cast.julien.agent
    cast.pantin.save()
    page = text(signed_in(cast.nadia.agent).get("/aide"))
    assert "Votre correspondant au centre de gestion, pour la Ville de Pantin" in page
    assert "Julien Moreau" in page


@pytest.mark.database
def test_an_agent_of_two_employers_reads_both(cast: Cast, django_assert_max_num_queries: Any) -> None:
    join(cast.claire.agent, cast.romainville)
    claire = signed_in(cast.claire.agent)
    with django_assert_max_num_queries(4):  # session, employers, référents of each
        page = text(claire.get("/aide"))
    assert "Votre référent administrateur à la Ville de Romainville" in page
    assert "Karim Benali" in page


@pytest.mark.database
def test_a_referent_of_several_employers_reads_one_correspondant_once(cast: Cast) -> None:
    join(cast.nadia.agent, cast.romainville, profile=Profile.REFERENT)
    page = text(signed_in(cast.nadia.agent).get("/aide"))
    assert page.count("<strong>Julien Moreau</strong>") == 1
    assert "pour la Ville de Pantin et la Ville de Romainville" in page
