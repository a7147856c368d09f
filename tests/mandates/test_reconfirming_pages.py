"""« Faire reconfirmer »: from the form to the référents' own pages."""

import datetime as dt

import pytest
import time_machine

from convergences.campaigns.details import Filters
from convergences.campaigns.models import Campaign, Mandate, Reconfirmation
from convergences.campaigns.queries import audience
from convergences.campaigns.services import reconfirming
from convergences.foundations import clock
from tests.campaigns.doing import acting, running, with_addresses
from tests.cast import Cast, signed_in
from tests.employers.pages import LIST, julien, sheet
from tests.team.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ASK, HOME = "/espace-cig/mandats/reconfirmer", "/espace-cig/mandats"
CAMPAIGNS = "/espace-cig/designations"


def _asked(**more: str) -> dict[str, str]:
    by = (clock.today() + dt.timedelta(days=30)).isoformat()
    return {"reason": "Élections municipales", "deadline": by, "kinds": "commune", **more}


def _open(cast: Cast) -> Reconfirmation:
    with_addresses(cast)
    answer = julien(cast).post(ASK, _asked(confirmer="1"), follow=True)
    assert "2 employeurs sont prévenus" in words(answer)
    while reconfirming.drain():
        pass
    return Reconfirmation.objects.get()


def test_referents_and_agents_find_nothing(cast: Cast) -> None:
    made = _open(cast)
    for other in (cast.nadia, cast.claire):
        browser = signed_in(other.agent, second_factor=True)
        for path in (HOME, ASK, f"{HOME}/{made.uid}/retirer"):
            assert browser.get(path).status_code == 404
            assert browser.post(path, _asked(confirmer="1")).status_code in (404, 405)
    assert Reconfirmation.objects.count() == 1


def test_the_preview_counts_and_writes_nothing(cast: Cast) -> None:
    said = words(julien(cast).post(ASK, _asked()))
    assert "Faire reconfirmer 3 référents ?" in said
    assert "2 employeurs sont concernés" in said
    assert "2 employeurs n'ont pas d'adresse officielle" in said
    assert not Reconfirmation.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": ""}, "Dites pourquoi"),
        ({"deadline": "2020-01-01"}, "Choisissez une date à venir"),
        ({"kinds": "oph"}, "Aucun employeur ne correspond"),
        ({"kinds": "château"}, "Choisissez une réponse dans la liste"),
    ],
)
def test_bad_input_says_what_to_do_and_loses_nothing(cast: Cast, typed: dict[str, str], said: str) -> None:
    answer = julien(cast).post(ASK, _asked(**typed))
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert "reason" in typed or "Élections municipales" in answer.content.decode()


def test_the_countdown_stands_on_every_page_that_it_concerns(cast: Cast) -> None:
    campaign = running(cast)
    _open(cast)
    nadia, browser = signed_in(cast.nadia.agent, second_factor=True), julien(cast)
    with time_machine.travel(clock.now() + dt.timedelta(days=10), tick=False):
        nadia, browser = signed_in(cast.nadia.agent, second_factor=True), julien(cast)
        team = words(nadia.get("/annuaire/collectivites/pantin/"))
        assert "à confirmer par votre autorité territoriale" in team
        assert "21 jours" in team
        assert "2 référents à reconfirmer" in words(browser.get(sheet()))
        assert "2 employeurs à reconfirmer" in words(browser.get(f"/espace-cig/designations/{campaign.uid}"))
        assert "Ville de Pantin" in words(browser.get(f"{LIST}?etat=a-reconfirmer"))


def test_past_its_day_it_is_late_and_nobody_is_cut(cast: Cast) -> None:
    campaign = running(cast)
    _open(cast)
    with time_machine.travel(clock.now() + dt.timedelta(days=40), tick=False):
        nadia, browser = signed_in(cast.nadia.agent, second_factor=True), julien(cast)
        team = nadia.get("/annuaire/collectivites/pantin/")
        assert (team.status_code, "en retard" in words(team)) == (200, True)
        for path in (sheet(), HOME, f"/espace-cig/designations/{campaign.uid}"):
            assert "en retard" in words(browser.get(path)).lower()


def test_it_is_taken_back_after_a_page_that_says_what_that_does(cast: Cast) -> None:
    made, browser = _open(cast), julien(cast)
    path = f"{HOME}/{made.uid}/retirer"
    assert "Les référents de 2 employeurs ne sont plus à confirmer" in words(browser.get(path))
    assert "La reconfirmation est retirée" in words(browser.post(path, follow=True))
    team = words(signed_in(cast.nadia.agent, second_factor=True).get("/annuaire/collectivites/pantin/"))
    assert "Mandats de référents à confirmer" not in team
    assert "Reconfirmation retirée" in team  # in their journal


def test_the_campaign_that_it_calls_for_is_given_filled_in_before_the_worker_has_told_anybody(cast: Cast) -> None:
    with_addresses(cast)
    page = julien(cast).post(ASK, _asked(confirmer="campagne"), follow=True)
    form = page.context["form"]
    assert page.context["reach"].total == 2
    assert form.initial["deadline"].isoformat() == _asked()["deadline"]
    assert form.initial["mail_text"].startswith("Élections municipales")
    assert julien(cast).post(f"{CAMPAIGNS}/preparer", form.initial).status_code == 302
    campaign = Campaign.objects.get()
    assert campaign.filters == {"to_confirm_of": str(Reconfirmation.objects.get().uid)}
    assert len(campaign.reminders) == 2
    assert f'href="{CAMPAIGNS}/{campaign.uid}"' in julien(cast).get(HOME).content.decode()


def test_going_back_and_pressing_again_asks_once(cast: Cast) -> None:
    made, browser = _open(cast), julien(cast)
    browser.post(ASK, _asked(confirmer="campagne"))
    assert Reconfirmation.objects.get() == made
    browser.post(ASK, _asked(confirmer="campagne", reason="Cantonales"))
    assert Reconfirmation.objects.count() == 2


def test_its_campaign_asks_those_who_still_have_somebody_to_confirm(cast: Cast) -> None:
    made = _open(cast)
    asked = Filters(to_confirm_of=str(made.uid))
    assert list(audience(asked).order_by("pk")) == [cast.pantin, cast.romainville]
    Mandate.objects.filter(membership__organization=cast.pantin).update(to_confirm_by=None)  # as an answer does
    assert list(audience(asked)) == [cast.romainville]
    reconfirming.withdraw(made, actor=acting(cast.julien))
    assert not audience(asked).exists()


@pytest.mark.parametrize("wrong", ["x", "%00", "00000000-0000-0000-0000-000000000000"])
def test_an_address_that_names_no_reconfirmation_gives_a_first_campaign(cast: Cast, wrong: str) -> None:
    page = julien(cast).get(f"{CAMPAIGNS}/preparer?reconfirmation={wrong}")
    assert page.context["form"].initial["mail_subject"].startswith("Désignez")
    assert page.context["reach"].total == 2
