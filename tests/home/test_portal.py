"""The portal: one's own tiles and nobody else's, in a constant number of queries."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from convergences.directory.models import Profile
from tests.cast import Cast, application, join, signed_in
from tests.home.rights import give, text

pytestmark = pytest.mark.database


def test_a_stranger_is_sent_to_sign_in(db: None) -> None:
    assert Client().get("/")["Location"] == "/connexion?next=%2F"


def test_an_agent_sees_the_applications_they_may_open_and_no_other(cast: Cast) -> None:
    give(cast.claire, cast.bip)
    give(cast.lucie, cast.cotisations)
    page = text(signed_in(cast.claire.agent).get("/"))
    assert '<a href="/ouvrir/bip">BIP</a>' in page
    assert "Net-Cotisations" not in page


def test_it_says_who_is_signed_in_and_for_whom(cast: Cast) -> None:
    page = text(signed_in(cast.claire.agent).get("/"))
    assert "Connecté en tant que <strong>Claire Nguyen</strong>, Ville de Pantin" in page
    assert 'href="/deconnexion"' in page


def test_an_application_that_is_not_open_yet_shows_its_date_and_opens_nothing(cast: Cast) -> None:
    soon = application(
        "cmr", "Comité médical", [("reader", "Lire")], opens_on=dt.date(2099, 3, 14), category="Instances"
    )
    give(cast.claire, soon)
    page = text(signed_in(cast.claire.agent).get("/"))
    assert "Ouverture le 14 mars 2099" in page
    assert "/ouvrir/cmr" not in page


def test_an_application_that_asks_for_more_says_so(cast: Cast) -> None:
    strong = application("cap", "SNAPI-CAP", [("reader", "Lire")], assurance="second_factor")
    give(cast.claire, strong)
    page = text(signed_in(cast.claire.agent).get("/"))
    assert "Vérification en deux étapes" in page
    assert '<a href="/ouvrir/cap">SNAPI-CAP</a>' in page


def test_everybody_has_the_directory_and_an_agent_without_right_knows_whom_to_ask(cast: Cast) -> None:
    page = text(signed_in(cast.claire.agent).get("/"))
    assert '<a href="/annuaire/">Annuaire des identités et des accès</a>' in page
    assert "Aucune application ne vous est encore ouverte" in page


def test_the_search_ignores_accents_and_case_without_any_script(cast: Cast) -> None:
    give(cast.claire, cast.bip)
    give(cast.claire, application("rdv", "Éphéméride publique", [("reader", "Lire")]))
    claire = signed_in(cast.claire.agent)
    page = text(claire.get("/", {"q": "EPHEMERIDE pub"}))
    assert "/ouvrir/rdv" in page
    assert "/ouvrir/bip" not in page
    assert 'id="applications-none" hidden' in page
    assert 'id="applications-none">' in text(claire.get("/", {"q": "zzz"}))


def test_what_is_searched_comes_back_as_text(cast: Cast) -> None:
    page = text(signed_in(cast.claire.agent).get("/", {"q": '"><script>alert(1)</script>'}))
    assert "<script>alert" not in page


def test_the_last_sign_ins_are_the_agents_own(cast: Cast) -> None:
    signed_in(cast.lucie.agent)
    signed_in(cast.claire.agent)
    page = text(signed_in(cast.claire.agent).get("/"))
    assert page.count('<span class="meta">Firefox') == 2
    assert page.count("cette connexion") == 1
    assert 'href="/annuaire/securite">Ce n\'était pas vous ?</a>' in page


def test_an_attachment_to_accept_is_told_with_a_way_to_answer(cast: Cast) -> None:
    waiting = join(cast.claire.agent, cast.romainville, confirmed_at=None)
    page = text(signed_in(cast.claire.agent).get("/"))
    assert "La Ville de Romainville a demandé votre rattachement" in page
    assert f"/annuaire/rattachements/{waiting.uid}" in page


def test_an_application_open_for_two_employers_lets_one_change(cast: Cast) -> None:
    second = join(cast.claire.agent, cast.romainville)
    give(cast.claire, cast.bip)
    give(second, cast.bip)
    give(second, cast.cotisations)
    page = text(signed_in(cast.claire.agent).get("/"))
    assert page.count("Changer d'employeur") == 1
    assert 'href="/ouvrir/bip/employeur"' in page


def test_the_portal_costs_as_much_with_many_rights_and_employers(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        give(cast.nadia, application(f"a{number}", f"Application {number}", [("reader", "Lire")]))
    give(join(cast.nadia.agent, cast.romainville, profile=Profile.REFERENT), cast.bip)
    nadia = signed_in(cast.nadia.agent)
    # session, tiles (3), employers, last sign-ins, attachments, second factor
    with django_assert_max_num_queries(8):
        assert nadia.get("/").status_code == 200
