"""Every view is closed to strangers unless it says otherwise."""

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.cast import Cast, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("probes")]


def test_a_stranger_is_sent_to_sign_in_and_comes_back() -> None:
    answer = Client().get("/probe/closed?x=1&y=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/connexion?next=%2Fprobe%2Fclosed%3Fx%3D1%26y%3D2"


def test_a_form_posted_by_a_stranger_comes_back_to_the_page_that_held_it() -> None:
    answer = Client().post("/probe/closed", headers={"referer": "http://testserver/annuaire/profil?a=b"})
    assert answer["Location"] == "/connexion?next=%2Fannuaire%2Fprofil%3Fa%3Db"


def test_a_form_from_another_site_does_not_choose_where_to_come_back() -> None:
    answer = Client().post("/probe/closed", headers={"referer": "https://evil.example/annuaire"})
    assert answer["Location"] == "/connexion?next=%2F"


def test_an_invented_cookie_opens_nothing_and_is_taken_back() -> None:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "a" * 43
    answer = browser.get("/probe/closed")
    assert answer["Location"] == "/session-terminee?next=%2Fprobe%2Fclosed"
    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""


def test_an_idle_session_is_told_that_it_is_over(cast: Cast) -> None:
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False) as clock:
        browser = signed_in(cast.claire.agent)
        assert browser.get("/probe/closed").status_code == 200
        clock.shift(3601)
        assert browser.get("/probe/closed")["Location"].startswith("/session-terminee?next=")


def test_a_part_of_page_asked_by_htmx_sends_the_whole_page_to_sign_in() -> None:
    answer = Client().get("/probe/closed", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/connexion?next=%2Fprobe%2Fclosed")


def test_signed_in_pages_stay_out_of_caches(cast: Cast) -> None:
    assert signed_in(cast.claire.agent).get("/probe/closed")["Cache-Control"] == "no-store"


def test_a_signed_in_page_costs_one_query_for_the_session(cast: Cast, django_assert_num_queries) -> None:
    browser = signed_in(cast.claire.agent)
    with django_assert_num_queries(1):
        browser.get("/probe/closed")
