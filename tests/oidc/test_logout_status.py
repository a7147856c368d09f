"""After the sign-out: which applications know, which are told by the browser, and nothing for anybody else."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.web.logout import outcome
from tests.cast import Cast
from tests.oidc.relying import AFTER_LOGOUT, ISSUER, Relying, define, entitle

pytestmark = pytest.mark.database
FRONT = "https://bip.example/front?from=portal"


def signed_out(browser: Browser) -> str:
    return str(browser.get("/deconnecte").content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def sign_out(browser: Browser) -> None:
    assert browser.post("/deconnexion").status_code == 302


def leave_bip(browser: Browser) -> HttpResponse:
    asked = {"client_id": "bip", "post_logout_redirect_uri": AFTER_LOGOUT, "state": "s"}
    page = browser.get("/oauth/logout", asked).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]*)"', page)
    assert ticket
    response: HttpResponse = browser.post("/deconnexion/confirmer", {"ticket": ticket[1]})
    return response


@pytest.fixture
def framed(cast: Cast) -> Relying:
    entitle(cast.claire, cast.bip, "reader")
    return Relying(define(cast.bip, frontchannel_logout_uri=FRONT))


def test_the_page_says_what_is_known_and_asks_again_by_itself(bip: Relying, claire: Browser) -> None:
    bip.tokens(claire)
    sign_out(claire)
    page = signed_out(claire)
    assert "BIP : déconnexion en cours" in page
    assert 'data-round="3"' in page
    Visit.objects.update(told_at=clock.now(), ended_at=clock.now(), end_requested_at=clock.now())
    page = signed_out(claire)
    assert "BIP : déconnecté" in page
    assert "http-equiv" not in page  # WCAG 2.2.1: no page is read anew under the eyes of its reader
    assert "data-round" not in page


def test_an_application_that_could_not_be_told_is_named(bip: Relying, claire: Browser) -> None:
    bip.tokens(claire)
    sign_out(claire)
    Visit.objects.update(ended_at=clock.now(), end_requested_at=clock.now())
    assert "pas pu être prévenu, fermez sa fenêtre" in signed_out(claire)


def test_the_agent_who_leaves_by_an_application_without_return_sees_it_too(bip: Relying, claire: Browser) -> None:
    bip.tokens(claire)
    page = claire.get("/oauth/logout").content.decode()
    ticket = re.search(r'name="ticket" value="([^"]*)"', page)
    assert ticket
    response = claire.post("/deconnexion/confirmer", {"ticket": ticket[1]})
    assert response["Location"] == "/deconnecte"
    assert "BIP" in signed_out(claire)


def test_another_browser_learns_nothing(bip: Relying, claire: Browser) -> None:
    bip.tokens(claire)
    uid = str(Session.objects.get().uid)
    sign_out(claire)
    assert "BIP" not in signed_out(Browser())
    forged = Browser()
    forged.cookies[outcome.COOKIE] = uid
    assert "BIP" not in signed_out(forged)
    assert uid not in signed_out(claire)


def test_the_browser_tells_the_application_once(framed: Relying, claire: Browser) -> None:
    """Front-Channel Logout 1.0, 2 and 3: an iframe with iss and sid; the policy opens to that origin alone."""
    framed.tokens(claire)
    sid = Session.objects.get().uid
    sign_out(claire)
    response = claire.get("/deconnecte")
    page = response.content.decode()
    frame = re.search(r'<iframe src="([^"]*)"', page)
    assert frame
    said = f"{FRONT}&iss={ISSUER.replace(':', '%3A').replace('/', '%2F')}&sid={sid}"
    assert frame[1].replace("&amp;", "&") == said
    assert "frame-src https://bip.example;" in response["Content-Security-Policy"] + ";"
    again = claire.get("/deconnecte")
    assert "<iframe" not in again.content.decode()
    assert "frame-src" not in again["Content-Security-Policy"]


def test_what_the_browser_was_asked_is_said_as_such(framed: Relying, claire: Browser) -> None:
    framed.tokens(claire)
    sign_out(claire)
    Visit.objects.update(ended_at=clock.now(), end_requested_at=clock.now())
    assert "BIP : déconnexion demandée par votre navigateur" in signed_out(claire)


def test_frames_come_before_the_way_back(framed: Relying, claire: Browser) -> None:
    framed.tokens(claire)
    response = leave_bip(claire)
    assert response["Location"] == "/deconnecte"
    page = signed_out(claire)
    assert "<iframe" in page
    assert f'data-back="{AFTER_LOGOUT}?state=s"' in page
    assert f'href="{AFTER_LOGOUT}?state=s"' in page


def test_a_living_session_frames_nothing(framed: Relying, claire: Browser) -> None:
    framed.tokens(claire)
    assert outcome.frames(Session.objects.get().uid) == {}


def test_an_application_that_was_not_open_is_not_told(framed: Relying, claire: Browser) -> None:
    sign_out(claire)
    assert "<iframe" not in signed_out(claire)
