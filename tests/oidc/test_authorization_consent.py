"""OpenID Connect Core, section 3.1.2.4: applications that must ask the agent do, once; the others never."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.audit.models import AuditEvent
from convergences.foundations import clock
from convergences.protocols.oidc.models import AuthorizationCode, Client, Consent
from tests.cast import Cast, signed_in
from tests.oidc.relying import Relying, answered, define, entitle

pytestmark = pytest.mark.database


@pytest.fixture
def asking(bip: Relying, cast: Cast) -> Relying:
    """BIP, which must ask."""
    define(cast.bip, consent_required=True)
    bip.client = Client.objects.get()
    return bip


def ticket(response: HttpResponse) -> str:
    found = re.search(r'name="ticket" value="([^"]*)"', response.content.decode())
    assert found is not None, response.content.decode()[:1500]
    return unescape(found[1])


def reply(browser: Browser, response: HttpResponse, answer: str = "accept") -> HttpResponse:
    """Answer the page, and follow the page of ours that goes on by itself."""
    page = browser.post("/oauth/consent", {"ticket": ticket(response), "answer": answer}).content.decode()
    link = re.search(r'href="(/oauth/authorize\?[^"]*)"', page)
    assert link is not None
    back: HttpResponse = browser.get(unescape(link[1]))
    return back


def test_the_ticket_of_another_session_agrees_to_nothing(asking: Relying, cast: Cast, claire: Browser) -> None:
    entitle(cast.nadia, cast.bip)
    stolen = ticket(asking.authorize(signed_in(cast.nadia.agent)))
    for given in (stolen, stolen + "x", ""):
        response = claire.post("/oauth/consent", {"ticket": given, "answer": "accept"})
        assert (response.status_code, response["Location"]) == (302, "/")
    assert not Consent.objects.exists()


def test_another_site_cannot_agree_for_the_agent(asking: Relying, cast: Cast) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = signed_in(cast.claire.agent).cookies
    given = ticket(asking.authorize(browser))
    response = browser.post("/oauth/consent", {"ticket": given, "answer": "accept"})
    assert response.status_code == 403
    assert not Consent.objects.exists()


def test_prompt_none_shows_no_page(asking: Relying, claire: Browser) -> None:
    assert answered(asking.authorize(claire, prompt="none"))["error"] == "consent_required"


def test_nothing_is_given_before_the_answer_and_a_refusal_is_told(asking: Relying, claire: Browser) -> None:
    response = asking.authorize(claire)
    assert "votre adresse e-mail" in unescape(response.content.decode())
    assert not AuthorizationCode.objects.exists()
    assert answered(reply(claire, response, "refuse"))["error"] == "access_denied"
    assert not Consent.objects.exists()


def test_agreeing_goes_on_is_journaled_and_is_not_asked_again(asking: Relying, claire: Browser) -> None:
    assert answered(reply(claire, asking.authorize(claire)))["code"]
    assert answered(asking.authorize(claire, prompt="none"))["code"]
    assert AuditEvent.objects.filter(action="oidc.consent_given").count() == 1


def test_more_claims_are_asked_anew(asking: Relying, claire: Browser) -> None:
    reply(claire, asking.authorize(claire, scope="openid"))
    assert answered(asking.authorize(claire, scope="openid", prompt="none"))["code"]
    assert answered(asking.authorize(claire, prompt="none"))["error"] == "consent_required"


def test_prompt_consent_asks_again_and_once(asking: Relying, claire: Browser) -> None:
    """3.1.2.1: prompt=consent "SHOULD prompt the End-User for consent before returning information"."""
    reply(claire, asking.authorize(claire))
    with time_machine.travel(clock.now() + dt.timedelta(minutes=1)):
        assert answered(reply(claire, asking.authorize(claire, prompt="consent")))["code"]


def test_other_applications_never_ask(bip: Relying, claire: Browser) -> None:
    assert answered(bip.authorize(claire, prompt="consent"))["code"]
