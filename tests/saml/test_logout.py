"""Single logout asked by an application (Profiles, section 4.4): signed, once, and never without the agent's word."""

import base64
import datetime as dt
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from lxml import etree

from convergences.admission.models import Visit
from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.protocols.saml import names
from convergences.protocols.saml.models import Statement
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.saml.forging import posted, refused, traces
from tests.saml.leaving import SOAP, envelope, logout_request, logout_response
from tests.saml.serving import (
    LOGOUT,
    Peer,
    address,
    answer_in,
    checked,
    checked_address,
    define,
    fields_of,
    instant,
    keys,
    metadata,
    request,
    signed,
)

pytestmark = pytest.mark.database


@pytest.fixture
def inside(site: Peer, cast: Cast) -> Statement:
    """Claire is inside the site, which answers logout by Redirect."""
    define(cast.cotisations, metadata(logouts=[names.REDIRECT]))
    answer_in(site.send())
    return Statement.objects.get()


def ask(site: Peer, document: str) -> HttpResponse:
    """Send the browser with a signed request, by Redirect, and follow to the question."""
    query = address(document, relay_state="/after", by=keys())
    return site.follow(site.browser.get(f"/saml/slo?{query}"))


def agree(site: Peer, page: HttpResponse) -> HttpResponse:
    """Click the button of the question, and follow to what leaves our site."""
    ticket = re.search(r'name="ticket" value="([^"]*)"', page.content.decode())
    assert ticket
    answer: HttpResponse = site.browser.post("/deconnexion/confirmer", {"ticket": ticket[1]})
    return site.go_on(answer)


def test_the_agent_is_asked_then_the_application_is_answered(site: Peer, inside: Statement) -> None:
    page = ask(site, logout_request(inside, id="_leaving"))
    assert page.status_code == 200
    assert Session.objects.filter(ended_at__isnull=True).count() == 1
    assert Visit.objects.get().end_reason == "left"
    away = agree(site, page)
    assert not Session.objects.filter(ended_at__isnull=True).exists()
    location = site.left_for(away)
    root = checked_address(location, "SAMLResponse")
    assert (root.get("InResponseTo"), root.get("Destination")) == ("_leaving", LOGOUT)
    assert root.find(f".//{names.protocol('StatusCode')}").get("Value") == names.SUCCESS  # type: ignore[union-attr]
    assert parse_qs(urlsplit(location).query)["RelayState"] == ["/after"]


def test_the_question_may_be_read_again_though_the_message_may_not(site: Peer, inside: Statement) -> None:
    query = address(logout_request(inside), by=keys())
    question = site.browser.get(f"/saml/slo?{query}")["Location"]
    assert site.browser.get(question).status_code == 200
    assert site.browser.get(question).status_code == 200
    assert refused(site.browser.get(f"/saml/slo?{query}"))


def test_by_post_the_answer_goes_by_post(site: Peer, cast: Cast) -> None:
    define(cast.cotisations, metadata(logouts=[names.POST]))
    answer_in(site.send())
    document = signed(logout_request(Statement.objects.get(), id="_leaving"))
    away = agree(site, site.follow(posted(document, to="/saml/slo")))
    root = etree.fromstring(base64.b64decode(fields_of(away.content.decode())["SAMLResponse"]))
    checked(root)
    assert root.get("InResponseTo") == "_leaving"


def test_one_who_does_not_agree_stays(site: Peer, inside: Statement) -> None:
    ask(site, logout_request(inside))
    assert site.browser.get("/").status_code == 200


def test_a_session_that_is_over_is_answered_at_once(inside: Statement) -> None:
    elsewhere = Peer()
    response = elsewhere.follow(elsewhere.browser.get(f"/saml/slo?{address(logout_request(inside), by=keys())}"))
    assert checked_address(elsewhere.left_for(response), "SAMLResponse").tag == names.protocol("LogoutResponse")


BAD = {
    "not signed": lambda stated: address(logout_request(stated)),
    "a foreign key": lambda stated: address(logout_request(stated), by=keys("evil")),
    "another application's name": lambda stated: address(
        logout_request(stated, issuer="https://x.example/"), by=keys()
    ),
    "for another": lambda stated: address(logout_request(stated, to="https://other.example/slo"), by=keys()),
    "for nobody": lambda stated: address(logout_request(stated).replace("Destination=", "Elsewhere="), by=keys()),
    "too old": lambda stated: address(logout_request(stated, at=before(400)), by=keys()),
    "no longer wanted": lambda stated: address(logout_request(stated, about=f'NotOnOrAfter="{before(90)}"'), by=keys()),
    "of the future": lambda stated: address(logout_request(stated, at=before(-120)), by=keys()),
    "a request of entry": lambda _stated: address(request(to="http://testserver/saml/slo"), by=keys()),
}


def before(seconds: int) -> str:
    return instant(clock.now() - dt.timedelta(seconds=seconds))


@pytest.mark.parametrize("name", BAD)
def test_nobody_is_even_asked_by(site: Peer, inside: Statement, name: str) -> None:
    known = traces()
    assert refused(site.browser.get(f"/saml/slo?{BAD[name](inside)}"))
    assert traces() == known


def test_the_session_of_another_application_is_not_left(site: Peer, inside: Statement, cast: Cast) -> None:
    other = "https://other.example/"
    give(cast.claire, cast.bip)
    define(cast.bip, metadata(entity=other, consumer=f"{other}acs", keys=keys("other"), logouts=[names.SOAP]))
    theirs = signed(logout_request(inside, issuer=other, to=SOAP), by=keys("other"))
    answer = Browser().post("/saml/slo/soap", envelope(theirs), content_type="text/xml")
    assert names.UNKNOWN_PRINCIPAL.encode() in answer.content
    assert Visit.objects.get().end_requested_at is None
    assert Session.objects.filter(ended_at__isnull=True).count() == 1


def test_by_its_own_server_the_session_ends_everywhere(site: Peer, inside: Statement) -> None:
    """Profiles, 4.4.3.1, by SOAP: the application vouches for it, by its signature."""
    document = signed(logout_request(inside, id="_by-soap", to=SOAP))
    answer = Browser().post("/saml/slo/soap", envelope(document), content_type="text/xml")
    root = etree.fromstring(answer.content)[0][0]
    root = etree.fromstring(etree.tostring(root))
    checked(root)
    assert (root.tag, root.get("InResponseTo")) == (names.protocol("LogoutResponse"), "_by-soap")
    assert not Session.objects.filter(ended_at__isnull=True).exists()
    assert site.browser.get("/").status_code == 302
    assert Browser().post("/saml/slo/soap", envelope(document), content_type="text/xml").status_code == 400


@pytest.mark.parametrize("by", [None, "evil"])
def test_by_its_server_unsigned_or_foreign_nothing_ends(inside: Statement, by: str | None) -> None:
    known, document = traces(), logout_request(inside, to=SOAP)
    content = envelope(signed(document, by=keys(by)) if by else document)
    assert Browser().post("/saml/slo/soap", content, content_type="text/xml").status_code == 400
    assert traces() == known


def test_another_index_ends_no_session_and_no_index_ends_each(site: Peer, inside: Statement, cast: Cast) -> None:
    """Core, 3.7.1: without SessionIndex, every session of that name."""
    answer_in(Peer(browser=signed_in(cast.claire.agent)).send())
    open_sessions = Session.objects.filter(ended_at__isnull=True)
    count = open_sessions.count()
    for index, left in (("_unknown", count), (inside.session_index, count - 1), ("", count - 2)):
        document = signed(logout_request(inside, index=index, to=SOAP))
        Browser().post("/saml/slo/soap", envelope(document), content_type="text/xml")
        assert open_sessions.count() == left


@pytest.mark.parametrize("answered", ["", "_x", f"_{'0' * 48}", "{live}"])
def test_an_answer_that_nobody_asked_for_ends_nothing(site: Peer, inside: Statement, answered: str) -> None:
    """Unsolicited InResponseTo; even one that names a visit under way."""
    known = traces()
    named = answered.format(live=f"_{inside.visit.uid.hex}{'0' * 16}")
    posted(signed(logout_response(named)), to="/saml/slo", name="SAMLResponse")
    site.browser.get(f"/saml/slo?{address(logout_response(named), by=keys(), name='SAMLResponse')}")
    assert traces() == known


def test_what_leads_back_was_sealed_by_us(site: Peer, inside: Statement) -> None:
    question = site.browser.get(f"/saml/slo?{address(logout_request(inside), by=keys())}")["Location"]
    held = parse_qs(urlsplit(question).query)["leaving"][0]
    for altered in ("", "x", held[:-1], f"A{held}"):
        answer = Browser().get("/saml/slo/suite", {"leaving": altered})
        assert answer["Location"] == "/deconnecte"
