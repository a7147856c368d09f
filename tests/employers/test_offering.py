"""Subscriptions and openings from the sheet: who gains and loses access is said, and confirmed, before anything."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from convergences.admission import services as decisions
from convergences.admission.decisions import Enter, Refuse
from convergences.audit.models import AuditEvent
from convergences.authentication.models import Session
from convergences.catalog import queries
from convergences.catalog.models import Application, Opening, Subscription
from convergences.entitlements.effects import effect
from convergences.foundations import clock
from convergences.lifecycle.services import offering
from tests.cast import Cast, application, signed_in
from tests.directory.acting import actor
from tests.employers.pages import julien, sheet
from tests.entitlements.doing import grant, in_days, opens, rights, subscribe
from tests.team.pages import right, value_of, words

pytestmark = pytest.mark.database
PAGE = sheet("applications/octime")


@pytest.fixture
def octime(cast: Cast) -> Application:
    """An application that no affiliation gives, to which Pantin is subscribed; Claire and Moussa have a right."""
    made = application("octime", "Octime", [("reader", "Consulter")], affiliations=[])
    subscribe(cast.pantin, made)
    for each in (cast.claire, cast.moussa):
        grant(each, made)
    return made


def _form(browser: Client, **changes: str) -> dict[str, str]:
    shown = browser.get(PAGE)
    kept = {name: str(shown.context["form"][name].value() or "") for name in ("starts_on", "ends_on", "seats")}
    kept["opens_on"] = str(shown.context["form"]["opens_on"].value() or "")
    return {"contract_on": "on", **kept, "seen": value_of(shown, "seen"), **changes}


def _decision(cast: Cast, octime: Application) -> Any:
    signed_in(cast.claire.agent)
    return decisions.decide_for_session(Session.objects.filter(agent=cast.claire.agent).latest("pk"), octime)


def test_taking_a_subscription_away_names_who_loses_access_and_waits_for_a_confirmation(
    cast: Cast, octime: Application
) -> None:
    browser = julien(cast)
    form = _form(browser, contract_on="")
    shown = browser.post(PAGE, form)
    assert "2 agents n'entrent plus dès maintenant : Moussa Diarra, Claire Nguyen." in words(shown)
    assert "2 en sont prévenus par e-mail dans dix minutes" in words(shown)
    assert Subscription.objects.filter(application=octime).exists()
    assert isinstance(_decision(cast, octime), Enter)
    assert browser.post(PAGE, {**form, "confirm": value_of(shown, "confirm")}).status_code == 302
    assert not Subscription.objects.filter(application=octime).exists()
    assert isinstance(_decision(cast, octime), Refuse)
    assert len(rights(cast.claire)) == 1  # kept for the day it serves again
    assert AuditEvent.objects.filter(action="catalog.subscription_removed", actor_id=cast.julien.agent_id).count() == 1


def test_fewer_seats_shut_out_those_who_came_last(cast: Cast, octime: Application) -> None:
    browser = julien(cast)
    form = _form(browser, seats="1")
    shown = browser.post(PAGE, form)
    assert "1 agent n'entre plus dès maintenant : Moussa Diarra." in words(shown)
    browser.post(PAGE, {**form, "confirm": value_of(shown, "confirm")})
    assert [rights(each)[0].seat for each in (cast.claire, cast.moussa)] == [1, None]


def test_an_old_confirmation_does_not_stand_for_somebody_else(cast: Cast, octime: Application) -> None:
    browser = julien(cast)
    form = _form(browser, contract_on="")
    shown = browser.post(PAGE, form)
    grant(cast.nadia, octime)
    again = browser.post(PAGE, {**form, "confirm": value_of(shown, "confirm")})
    assert "3 agents n'entrent plus" in words(again)
    assert Subscription.objects.filter(application=octime).exists()


def test_a_subscription_gives_access_back_after_saying_to_whom(cast: Cast, octime: Application) -> None:
    Subscription.objects.all().delete()
    browser = julien(cast)
    form = _form(browser, starts_on=clock.today().isoformat(), seats="5")
    shown = browser.post(PAGE, form)
    assert "2 agents qui ont déjà un droit entrent dès maintenant" in words(shown)
    assert browser.post(PAGE, {**form, "confirm": value_of(shown, "confirm")}).status_code == 302
    assert isinstance(_decision(cast, octime), Enter)
    assert sorted(right.seat or 0 for each in (cast.claire, cast.moussa) for right in rights(each)) == [1, 2]


def test_an_opening_put_off_shuts_out_until_its_day_and_pilots_go_on(cast: Cast, octime: Application) -> None:
    octime.pilots.create(agent=cast.moussa.agent)
    browser = julien(cast)
    form = _form(browser, opens_on=in_days(20).isoformat())
    shown = browser.post(PAGE, form)
    assert "1 agent n'entre plus dès maintenant : Claire Nguyen." in words(shown)
    browser.post(PAGE, {**form, "confirm": value_of(shown, "confirm")})
    assert Opening.objects.get(application=octime, organization=cast.pantin).opens_on == in_days(20)
    assert "Par abonnement · pas encore ouverte, le" in words(browser.get(sheet()))


def test_what_changes_nobodys_access_is_saved_at_once_and_an_empty_date_is_the_applications(
    cast: Cast, octime: Application
) -> None:
    opens(octime, cast.pantin, clock.today() - dt.timedelta(days=3))
    browser = julien(cast)
    assert browser.post(PAGE, _form(browser, opens_on="", ends_on=in_days(90).isoformat())).status_code == 302
    assert Subscription.objects.get(application=octime).ends_on == in_days(90)
    assert not Opening.objects.filter(application=octime).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starts_on": ""}, "Saisissez le premier jour de l'abonnement"),
        ({"seats": "-1"}, "un nombre entier de places"),
        ({"seats": "beaucoup"}, "un nombre entier de places"),
        ({"ends_on": "2001-01-01"}, "La date de fin précède la date de début"),
        ({"opens_on": "hier"}, "Cette date n'existe pas"),
        ({"seen": "old"}, "Quelqu'un d'autre"),
    ],
)
def test_bad_input_says_the_field_and_the_remedy_and_changes_nothing(
    cast: Cast, octime: Application, change: dict[str, str], said: str
) -> None:
    browser = julien(cast)
    before = list(Subscription.objects.values())
    answer = browser.post(PAGE, {**_form(browser, starts_on="2020-01-02"), "ends_on": "2050-01-01", **change})
    assert answer.status_code == 422
    assert said in words(answer)
    assert list(Subscription.objects.values()) == before


def test_suspended_agents_neither_gain_nor_lose(cast: Cast, octime: Application) -> None:
    cast.claire.suspended_at = clock.now()
    cast.claire.save()
    offered = queries.offers(cast.pantin, [octime])[octime.pk]
    found = effect(cast.pantin, octime, replace(offered, contract=None))
    assert [each.pk for each in found.losing] == [cast.moussa.pk]


def test_the_sheet_shows_what_is_offered_and_what_is_not(cast: Cast, octime: Application) -> None:
    Subscription.objects.all().delete()
    right(cast.nadia, cast.bip)
    page = words(julien(cast).get(sheet()))
    assert "BIP Par son lien avec le centre 1 agent" in page
    assert "Octime Pas d'abonnement 2 agents" in page


def test_nobody_else_changes_what_an_employer_is_offered(cast: Cast, octime: Application) -> None:
    for meddler in (cast.nadia, cast.claire, cast.karim):
        browser = signed_in(meddler.agent, second_factor=True)
        assert browser.post(PAGE, {"contract_on": ""}).status_code == 404
        with pytest.raises(Exception, match="Seul le centre"):
            offering.offer(cast.pantin, octime, None, None, actor=actor(meddler))
    assert julien(cast).get(sheet("applications/inconnue")).status_code == 404
    assert Subscription.objects.filter(application=octime).exists()
