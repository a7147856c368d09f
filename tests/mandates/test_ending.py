"""« Mettre fin au mandat »: who may, what the page says first, what it does."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.directory.models import Membership, Profile, Role, StaffRole
from convergences.foundations import clock
from tests.cast import Cast, member, signed_in
from tests.employers.pages import julien
from tests.team.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def _address(who: Membership, act: str = "fin-de-mandat", key: str = "pantin") -> str:
    return f"/espace-cig/employeurs/{key}/referents/{who.uid}/{act}"


def _day(days: int) -> str:
    return (clock.today() + dt.timedelta(days=days)).isoformat()


def _profile(who: Membership) -> str:
    return Membership.objects.get(pk=who.pk).profile


@pytest.mark.parametrize("act", ["fin-de-mandat", "fin-de-mandat/annuler"])
def test_nobody_but_a_correspondant_finds_these_pages(cast: Cast, act: str) -> None:
    engineer = member(cast.center, "Anne Petit")
    StaffRole.objects.create(agent=engineer.agent, role=Role.ENGINEER, granted_at=clock.now())
    for other in (cast.moussa, cast.nadia, cast.claire, cast.karim, engineer):
        browser = signed_in(other.agent, second_factor=True)
        for method in (browser.get, browser.post):
            assert method(_address(cast.nadia, act)).status_code == 404
    assert _profile(cast.nadia) == Profile.REFERENT


def test_an_agent_or_a_referent_of_another_town_is_not_found_there(cast: Cast) -> None:
    browser = julien(cast)
    for who, key in ((cast.claire, "pantin"), (cast.karim, "pantin"), (cast.nadia, "romainville")):
        assert browser.get(_address(who, key=key)).status_code == 404


def test_nothing_is_done_before_the_preview_is_confirmed(cast: Cast) -> None:
    browser = julien(cast)
    assert browser.get(_address(cast.nadia)).status_code == 200
    page = browser.post(_address(cast.nadia), {"when": "now", "reason": "Retraite"})
    assert "Il reste un référent : Moussa Diarra" in words(page)
    assert _profile(cast.nadia) == Profile.REFERENT
    done = browser.post(_address(cast.nadia), {"when": "now", "reason": "Retraite", "confirmer": "1"}, follow=True)
    assert "Nadia Ferhat n'est plus référent" in words(done)
    assert _profile(cast.nadia) == Profile.USER
    assert browser.get(_address(cast.nadia)).status_code == 404


def test_the_last_referent_s_end_says_that_nobody_is_left(cast: Cast) -> None:
    said = words(julien(cast).post(_address(cast.karim, key="romainville"), {"when": "now"}))
    assert "Il ne reste aucun référent" in said


def test_an_end_on_a_day_is_shown_and_can_be_taken_back(cast: Cast) -> None:
    browser = julien(cast)
    asked = {"when": "later", "last": _day(5), "confirmer": "1"}
    assert "prend fin le" in words(browser.post(_address(cast.nadia), asked, follow=True))
    assert "Une fin est déjà prévue" in words(browser.get(_address(cast.nadia)))
    assert "Nadia Ferhat Ville de Pantin" in words(browser.get("/espace-cig/mandats"))
    assert "reste référent" in words(browser.post(_address(cast.nadia, "fin-de-mandat/annuler"), follow=True))
    assert Membership.objects.get(pk=cast.nadia.pk).referent_until is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choisissez quand le mandat prend fin."),
        ({"when": "later"}, "Choisissez le dernier jour du mandat."),
        ({"when": "later", "last": "2020-01-01"}, "Cette date est passée"),
        ({"when": "later", "last": "31/02/2027"}, "Cette date n'existe pas"),
        ({"when": "now", "reason": "a\u202eb", "confirmer": "1"}, "caractère invisible"),
    ],
)
def test_bad_input_says_what_to_do_and_loses_nothing(cast: Cast, typed: dict[str, str], said: str) -> None:
    answer = julien(cast).post(_address(cast.nadia), typed)
    assert answer.status_code == 422
    assert said in words(answer)
    assert all(value in answer.content.decode() for name, value in typed.items() if name == "last")


def test_the_page_of_mandates_asks_as_much_for_many_employers_as_for_few(cast: Cast) -> None:
    def queries() -> int:
        browser = julien(cast)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/espace-cig/mandats").status_code == 200
        return len(captured)

    few = queries()
    for number in range(12):
        made = member(cast.pantin, f"Anne Agent{number}", profile=Profile.REFERENT, email=f"a{number}@pantin.example")
        Membership.objects.filter(pk=made.pk).update(referent_until=clock.today())
    assert queries() == few
    assert few <= 10
