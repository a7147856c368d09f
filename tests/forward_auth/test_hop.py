"""From the portal to the application's own address: once, within seconds, at one host, in one browser."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from convergences.admission.models import Visit
from convergences.audit.models import AuditEvent
from convergences.authentication.models import Session
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.forward_auth.models import HopCode, Pass
from convergences.protocols.forward_auth.services import cleaning
from tests.cast import PASSWORD, Cast, set_password
from tests.forward_auth.conftest import surfer
from tests.forward_auth.serving import PAGE, SNAPI, STATE, Surfer, header

pytestmark = pytest.mark.database
LOST = "http://testserver/gate/lost"


def test_one_comes_back_to_the_deep_address(snapi: Application, claire: Surfer) -> None:
    answer = claire.ask(claire.arrival())
    assert (answer.code, header(answer, "Location")) == (303, PAGE)
    cookie = header(answer, "Set-Cookie")
    assert cookie.startswith("gate=")
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
    assert Visit.objects.get().protocol == "gate"


def test_only_digests_are_kept(snapi: Application, claire: Surfer) -> None:
    arrival = claire.arrival()
    claire.ask(arrival)
    assert HopCode.objects.get().digest not in arrival
    assert Pass.objects.get().digest == digest(claire.cookies(SNAPI)["gate"])


def test_a_stranger_signs_in_and_comes_back(snapi: Application, cast: Cast) -> None:
    set_password(cast.claire.agent)
    browser, at_portal = Surfer(), Client()
    to_portal = header(browser.ask(header(browser.check(PAGE), "X-Gate-Start")), "Location")
    form = at_portal.get(to_portal.removeprefix("http://testserver"))["Location"]
    assert form.startswith("/connexion?next=%2Fgate%2Fstart%3F")
    onward = at_portal.post(form, {"identifier": cast.claire.agent.email, "password": PASSWORD}).content.decode()
    assert "/gate/start?rd=" in onward
    arrival = at_portal.get(to_portal.removeprefix("http://testserver"))["Location"]
    assert header(browser.ask(arrival), "Location") == PAGE
    assert browser.check(PAGE).code == 200


def test_a_code_is_good_once(snapi: Application, claire: Surfer) -> None:
    arrival = claire.arrival()
    claire.ask(arrival)
    claire.ask(arrival)
    again = claire.ask(arrival)
    assert (header(again, "Location"), header(again, "Set-Cookie")) == (LOST, "")
    assert AuditEvent.objects.filter(action="forward_auth.hop_replayed").count() == 1


def test_a_code_waits_for_thirty_seconds(snapi: Application, claire: Surfer) -> None:
    arrival = claire.arrival()
    with time_machine.travel(clock.now() + dt.timedelta(seconds=31)):
        assert header(claire.ask(arrival), "Location") == LOST


def test_a_stolen_code_is_of_no_use_to_another_browser(snapi: Application, claire: Surfer, cast: Cast) -> None:
    thief = surfer(cast.karim.agent)
    assert header(Surfer().ask(claire.arrival()), "Location") == LOST
    thief.ask(header(thief.check(PAGE), "X-Gate-Start"))
    assert header(thief.ask(claire.arrival()), "Location") == LOST
    assert AuditEvent.objects.filter(action="forward_auth.hop_strayed").count() == 2
    assert not Pass.objects.exists()


def test_a_victim_who_sets_out_for_the_thief_s_browser_leaves_them_nothing(
    snapi: Application, claire: Surfer, cast: Cast
) -> None:
    """A link with the thief's own state: the code is for the thief's browser, who reads it in the site's log."""
    thief = surfer(cast.karim.agent)
    set_out = header(thief.ask(header(thief.check(PAGE), "X-Gate-Start")), "Location")
    logged = header(claire.ask(set_out), "Location")
    assert header(claire.ask(logged), "Location") == LOST  # Claire's own browser brings it first
    assert header(thief.ask(logged), "Location") == LOST
    assert not Pass.objects.exists()
    told = AuditEvent.objects.filter(action__startswith="forward_auth.hop").order_by("pk")
    assert [event.action for event in told] == ["forward_auth.hop_strayed", "forward_auth.hop_replayed"]


def test_a_state_of_no_browser_is_nobody_s(snapi: Application, claire: Surfer) -> None:
    """The digest of nothing at all: what a browser without our cookie would be known by."""
    set_out = f"http://testserver/gate/start?state={digest('')}&rd=http://{SNAPI}/"
    assert header(Surfer().ask(header(claire.ask(set_out), "Location")), "Location") == LOST
    assert not Pass.objects.exists()


def test_a_code_waits_for_nobody_who_signed_out(snapi: Application, claire: Surfer) -> None:
    arrival = claire.arrival()
    Session.objects.update(ended_at=clock.now())
    claire.ask(arrival)
    assert claire.check(PAGE).code == 401


def test_a_code_planted_in_somebody_s_browser_does_not_sign_them_in_as_another(
    snapi: Application, claire: Surfer, cast: Cast
) -> None:
    """Login CSRF: the attacker sends their own arrival as a link."""
    victim = surfer(cast.moussa.agent)
    victim.enter()
    victim.ask(claire.arrival())
    assert victim.check(PAGE).code == 401


def test_a_code_of_a_host_is_refused_at_another(snapi: Application, claire: Surfer, cast: Cast) -> None:
    from tests.forward_auth.serving import define

    define(snapi, SNAPI, "autre.example")
    arrival = claire.arrival()
    claire.jars["autre.example"] = dict(claire.cookies(SNAPI))
    elsewhere = claire.ask(arrival.replace(SNAPI, "autre.example"))
    assert (header(elsewhere, "Location"), header(elsewhere, "Set-Cookie")) == (LOST, "")


@pytest.mark.parametrize(
    "rd",
    [
        "https://evil.example/",
        "http://snapi.example.evil/",
        "http://snapi.example@evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://snapi.example:81/",
        "http://testserver/",
        "",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(snapi: Application, claire: Surfer, rd: str) -> None:
    from urllib.parse import quote

    at_portal = claire.ask(f"http://testserver/gate/start?state={STATE}&rd={quote(rd, safe='')}")
    assert (at_portal.code, header(at_portal, "Location")) == (400, "")
    at_host = claire.ask(f"http://{SNAPI}/gate/start?rd={quote(rd, safe='')}")
    assert header(at_host, "Location").startswith(
        "http://testserver/gate/start?rd=http%3A%2F%2Fsnapi.example%2F&state="
    )
    arrival = claire.arrival().partition("&rd=")[0]
    assert header(claire.ask(f"{arrival}&rd={quote(rd, safe='')}"), "Location") == f"http://{SNAPI}/"
    assert not HopCode.objects.exclude(host=SNAPI).exists()


def test_who_comes_straight_to_the_portal_sets_out_from_the_host_first(snapi: Application, claire: Surfer) -> None:
    answer = claire.ask(f"http://testserver/gate/start?rd=http://{SNAPI}/")
    assert header(answer, "Location").startswith(f"http://{SNAPI}/gate/start?rd=")
    assert not HopCode.objects.exists()


def test_tabs_opened_together_all_arrive(snapi: Application, claire: Surfer) -> None:
    first, second = claire.arrival(), claire.arrival()
    assert header(claire.ask(second), "Location") == PAGE
    assert header(claire.ask(first), "Location") == PAGE


def test_another_agent_in_the_same_browser_takes_the_place_of_the_first(
    snapi: Application, claire: Surfer, cast: Cast
) -> None:
    from tests.home.rights import give

    give(cast.moussa, snapi)
    claire.enter()
    before = claire.cookies(SNAPI)["gate"]
    Session.objects.update(ended_at=clock.now())  # one session a browser: signing in ends the one of before
    claire.jars["testserver"] = surfer(cast.moussa.agent).jars["testserver"]
    claire.ask(claire.arrival())
    assert claire.cookies(SNAPI)["gate"] != before
    assert header(claire.check(PAGE), "Remote-Email") == cast.moussa.agent.email


def test_leaving_asks_at_the_portal_and_closes_everything(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    to_portal = header(claire.ask(f"http://{SNAPI}/gate/leave"), "Location")
    page = claire.ask(to_portal)
    assert page.code == 200
    assert "SNAPI-CAP" in page.body.decode()
    assert claire.check(PAGE).code == 200  # no link signs anybody out


def test_what_serves_no_more_is_forgotten(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    assert cleaning.forget_expired(clock.now()) == 0
    Visit.objects.update(end_requested_at=clock.now(), ended_at=clock.now())
    assert cleaning.forget_expired(clock.now() + dt.timedelta(hours=2)) == 2
