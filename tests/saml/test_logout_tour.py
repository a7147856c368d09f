"""After a sign-out, the browser visits applications that only it can tell (Profiles, 4.4.3.2), and is never kept."""

import base64
import re
from collections.abc import Callable
from html import unescape

import pytest
from django.http import HttpResponse
from lxml import etree

from convergences.admission.models import Visit
from convergences.admission.services import endings, request_ends
from convergences.foundations import clock
from convergences.protocols.saml import names
from convergences.protocols.saml.models import Statement
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.saml.forging import posted
from tests.saml.leaving import logout_request, logout_response
from tests.saml.serving import (
    LOGOUT,
    Peer,
    address,
    answer_in,
    checked,
    checked_address,
    define,
    fields_of,
    keys,
    metadata,
    request,
    signed,
)

pytestmark = pytest.mark.database
OTHER = "https://other.example/"


@pytest.fixture
def told_by_browser(site: Peer, cast: Cast) -> Peer:
    """Claire is inside two applications: one is told by Redirect, the other by POST."""
    define(cast.cotisations, metadata(logouts=[names.REDIRECT]))
    give(cast.claire, cast.bip)
    define(cast.bip, metadata(entity=OTHER, consumer=f"{OTHER}acs", logouts=[names.POST]))
    answer_in(site.send())
    answer_in(site.send(request(issuer=OTHER)))
    return site


def sign_out(peer: Peer) -> HttpResponse:
    return peer.go_on(peer.browser.post("/deconnexion"))


def redirected(page: HttpResponse) -> etree._Element:
    return checked_address(Peer.left_for(page), "SAMLRequest")


def in_form(page: HttpResponse) -> etree._Element:
    root = etree.fromstring(base64.b64decode(fields_of(page.content.decode())["SAMLRequest"]))
    checked(root)
    return root


def acknowledged(peer: Peer, root: etree._Element, **changes: str) -> HttpResponse:
    """Come back from an application with its answer."""
    document = logout_response(str(root.get("ID")), **changes)
    return peer.go_on(peer.browser.get(f"/saml/slo?{address(document, by=keys(), name='SAMLResponse')}"))


def text(page: HttpResponse) -> str:
    return unescape(re.sub(r"\s+", " ", page.content.decode().replace("\N{NO-BREAK SPACE}", " ")))


def test_each_is_told_in_its_turn_then_the_page_says_so(told_by_browser: Peer) -> None:
    first = sign_out(told_by_browser)
    assert Peer.left_for(first).startswith(f"{LOGOUT}?SAMLRequest=")
    root = redirected(first)
    stated = Statement.objects.order_by("pk")[0]
    assert root.findtext(names.assertion("NameID")) == stated.name_id
    assert root.findtext(names.protocol("SessionIndex")) == stated.session_index
    second = acknowledged(told_by_browser, root)
    assert second["Content-Security-Policy"].count(f"form-action {LOGOUT.removesuffix('/saml/slo')} 'self'") == 1
    last = acknowledged(told_by_browser, in_form(second), issuer=OTHER)
    assert text(last).count(": déconnecté<") == 2
    assert Visit.objects.filter(told_at__isnull=False).count() == 2


def test_one_that_keeps_the_browser_is_passed_over_and_named(told_by_browser: Peer) -> None:
    first = sign_out(told_by_browser)
    assert 'href="/saml/slo/tour">Continuer sans Net-Cotisations' in text(first)
    second = told_by_browser.browser.get("/saml/slo/tour")  # back from where nothing answers
    last = acknowledged(told_by_browser, in_form(second), issuer=OTHER)
    request_ends(clock.now())
    endings.end_untold("saml", able=[])
    last = told_by_browser.browser.get("/deconnecte")
    assert "BIP : déconnecté<" in text(last)
    assert "Net-Cotisations : n’a pas pu être prévenu" in text(last)


def test_one_that_could_not_is_not_said_to_be_told(told_by_browser: Peer) -> None:
    root = redirected(sign_out(told_by_browser))
    acknowledged(told_by_browser, root, status=names.RESPONDER)
    assert not Visit.objects.filter(told_at__isnull=False).exists()


def test_the_tour_ends_even_if_nobody_answers(told_by_browser: Peer) -> None:
    sign_out(told_by_browser)
    for _application in range(2):
        response = told_by_browser.browser.get("/saml/slo/tour")
    assert response["Location"] == "/deconnecte"


def test_without_a_receipt_nobody_is_led_anywhere(told_by_browser: Peer) -> None:
    assert told_by_browser.browser.get("/saml/slo/tour")["Location"] == "/deconnecte"  # the session lives
    sign_out(told_by_browser)
    assert Peer().browser.get("/saml/slo/tour")["Location"] == "/deconnecte"


def test_an_application_with_a_server_is_told_by_the_worker_alone(site: Peer, cast: Cast) -> None:
    define(cast.cotisations, metadata(logouts=[names.SOAP, names.REDIRECT]))
    answer_in(site.send())
    assert site.browser.post("/deconnexion")["Location"] == "/deconnecte"


def test_an_application_that_cannot_be_told_is_not_visited(site: Peer) -> None:
    answer_in(site.send())
    assert site.browser.post("/deconnexion")["Location"] == "/deconnecte"


@pytest.mark.parametrize("send", [lambda peer, text: peer.browser.get(f"/saml/slo?{address(text, by=keys())}")])
def test_the_one_that_asked_is_answered_last(told_by_browser: Peer, send: Callable[[Peer, str], HttpResponse]) -> None:
    stated = Statement.objects.get(provider__entity_id__startswith="https://site")
    question = told_by_browser.follow(send(told_by_browser, logout_request(stated, id="_asked")))
    ticket = re.search(r'name="ticket" value="([^"]*)"', question.content.decode())
    assert ticket
    stop = told_by_browser.go_on(told_by_browser.browser.post("/deconnexion/confirmer", {"ticket": ticket[1]}))
    last = acknowledged(told_by_browser, in_form(stop), issuer=OTHER)
    root = checked_address(Peer.left_for(last), "SAMLResponse")
    assert root.get("InResponseTo") == "_asked"


def test_an_answer_by_form_without_our_cookie_goes_on(told_by_browser: Peer) -> None:
    root = redirected(sign_out(told_by_browser))
    document = signed(logout_response(str(root.get("ID"))))
    assert posted(document, to="/saml/slo", name="SAMLResponse")["Location"] == "/saml/slo/tour"
    assert Visit.objects.filter(told_at__isnull=False).count() == 1


def test_what_one_was_told_names_nobody_to_another(told_by_browser: Peer, cast: Cast) -> None:
    """An answer of one application about the visit of another is not believed."""
    root = redirected(sign_out(told_by_browser))
    acknowledged(told_by_browser, root, issuer=OTHER)
    assert not Visit.objects.filter(told_at__isnull=False).exists()
    assert signed_in(cast.claire.agent).get("/").status_code == 200
