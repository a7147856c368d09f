"""One's own sheet: data, rights for each employer, and whom to write to."""

import datetime as dt

import pytest

from convergences.directory.models import Membership, Organization
from convergences.foundations import clock
from tests.cast import Cast, application, join, organization
from tests.team.pages import client, right, words

pytestmark = pytest.mark.database

PROFILE = "/annuaire/profil"


def test_an_agent_sees_who_they_are_and_what_they_may_open(cast: Cast) -> None:
    right(cast.claire, cast.bip, "reader", "manager", ends_on=clock.today() + dt.timedelta(days=9))
    told = words(client(cast.claire).get(PROFILE))
    for part in (
        "Bienvenue, Claire Nguyen", "claire.nguyen@pantin.example", "Ville de Pantin (93)", "Carrières", "Utilisateur",
        "Consulter et Gérer · Jusqu'au", "Expire dans 9 jours", "Net-Cotisations Aucun droit",
    ):  # fmt: skip
        assert part in told


def test_the_referents_to_write_to_are_named(cast: Cast) -> None:
    page = client(cast.claire).get(PROFILE).content.decode()
    assert 'href="mailto:nadia.ferhat@pantin.example"' in page
    assert 'href="mailto:moussa.diarra@pantin.example"' in page


def test_a_referent_is_sent_to_the_other_referents_not_to_themself(cast: Cast) -> None:
    page = client(cast.nadia).get(PROFILE).content.decode()
    assert "mailto:moussa.diarra" in page
    assert "mailto:nadia.ferhat" not in page


def test_without_any_referent_the_help_page_is_named(cast: Cast) -> None:
    Membership.objects.filter(profile="referent").update(profile="user")
    page = client(cast.claire).get(PROFILE)
    assert "Seul le CIG petite couronne peut la corriger" in words(page)


def test_rights_are_told_for_each_employer(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    right(join(cast.claire.agent, cast.romainville), cast.cotisations)
    told = words(client(cast.claire).get(PROFILE))
    assert told.count("Droits sur chaque application") == 2
    assert "Ville de Romainville" in told


def test_an_application_that_the_employer_does_not_have_is_not_listed(cast: Cast) -> None:
    application("reservee", "Réservée", [("a", "A")], affiliations=[])
    application("brouillon", "Brouillon", [("a", "A")], status="draft")
    told = words(client(cast.claire).get(PROFILE))
    assert "Réservée" not in told
    assert "Brouillon" not in told


def test_a_right_on_an_application_to_open_says_when(cast: Cast) -> None:
    cast.bip.opens_on = clock.today() + dt.timedelta(days=5)
    cast.bip.save()
    right(cast.claire, cast.bip)
    assert "Ouverture le" in words(client(cast.claire).get(PROFILE))


def test_there_is_nothing_to_change_but_the_photo(cast: Cast) -> None:
    page = client(cast.claire).get(PROFILE).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    assert "/annuaire/profil/photo" in main


def test_an_employer_whose_attachment_is_not_accepted_is_not_shown_as_an_employer(cast: Cast) -> None:
    town: Organization = organization("bobigny", "21930008400013", "Ville de Bobigny")
    waiting = join(cast.claire.agent, town, confirmed_at=None)
    told = words(client(cast.claire).get(PROFILE))
    assert "Ville de Bobigny a demandé que votre compte lui soit rattaché" in told
    assert "Ville de Bobigny (93)" not in told
    assert f"/annuaire/rattachements/{waiting.uid}" in client(cast.claire).get(PROFILE).content.decode()
