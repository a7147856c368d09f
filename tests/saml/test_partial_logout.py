"""An application that asks for a sign-out is told when another could not be told (Core, section 3.7.3.2)."""

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from lxml import etree

from convergences.protocols.saml import names
from convergences.protocols.saml.models import Statement
from tests.cast import Cast
from tests.home.rights import give
from tests.saml.leaving import SOAP, envelope, logout_request, logout_response
from tests.saml.serving import (
    Peer,
    address,
    answer_in,
    checked_address,
    define,
    keys,
    metadata,
    request,
    signed,
)
from tests.saml.test_logout import agree, ask
from tests.saml.test_logout_tour import OTHER, in_form

pytestmark = pytest.mark.database
PARTIAL = [names.SUCCESS, names.PARTIAL_LOGOUT]


@pytest.fixture
def both(site: Peer, cast: Cast) -> Peer:
    """Claire is inside two applications, told by the browser alone."""
    define(cast.cotisations, metadata(logouts=[names.REDIRECT]))
    give(cast.claire, cast.bip)
    define(cast.bip, metadata(entity=OTHER, consumer=f"{OTHER}acs", logouts=[names.POST]))
    answer_in(site.send())
    answer_in(site.send(request(issuer=OTHER)))
    return site


def statuses(root: etree._Element) -> list[str]:
    return [str(code.get("Value")) for code in root.iter(names.protocol("StatusCode"))]


def first() -> Statement:
    return Statement.objects.get(provider__entity_id__startswith="https://site")


def answered(peer: Peer, stop: HttpResponse, status: str) -> list[str]:
    """Answer the visit of the browser by a status; return what the first application is told at the end."""
    document = logout_response(str(in_form(stop).get("ID")), issuer=OTHER, status=status)
    last = peer.go_on(peer.browser.get(f"/saml/slo?{address(document, by=keys(), name='SAMLResponse')}"))
    return statuses(checked_address(peer.left_for(last), "SAMLResponse"))


def test_one_that_could_not_makes_it_partial(both: Peer) -> None:
    assert answered(both, agree(both, ask(both, logout_request(first()))), names.RESPONDER) == PARTIAL


def test_all_told_makes_it_whole(both: Peer) -> None:
    assert answered(both, agree(both, ask(both, logout_request(first()))), names.SUCCESS) == [names.SUCCESS]


def test_one_that_keeps_the_browser_makes_it_partial(both: Peer) -> None:
    agree(both, ask(both, logout_request(first())))
    last = both.go_on(both.browser.get("/saml/slo/tour"))
    assert statuses(checked_address(both.left_for(last), "SAMLResponse")) == PARTIAL


def test_one_that_says_nowhere_to_be_told_makes_it_partial(both: Peer, cast: Cast) -> None:
    define(cast.bip, metadata(entity=OTHER, consumer=f"{OTHER}acs"))
    away = agree(both, ask(both, logout_request(first())))
    assert statuses(checked_address(both.left_for(away), "SAMLResponse")) == PARTIAL


@pytest.mark.parametrize(("logouts", "told"), [([names.POST], PARTIAL), ([], PARTIAL), ([names.SOAP], [names.SUCCESS])])
def test_by_soap_no_browser_is_there_to_tell_the_others(
    both: Peer, cast: Cast, logouts: list[str], told: list[str]
) -> None:
    define(cast.bip, metadata(entity=OTHER, consumer=f"{OTHER}acs", logouts=logouts))
    document = signed(logout_request(first(), to=SOAP))
    answer = Browser().post("/saml/slo/soap", envelope(document), content_type="text/xml")
    assert statuses(etree.fromstring(answer.content)) == told


def test_nobody_learns_of_the_sign_out_of_another_browser(both: Peer) -> None:
    """The receipt of the browser says whose sign-out it was: another's tells nothing."""
    question = both.browser.get(f"/saml/slo?{address(logout_request(first()), by=keys())}")["Location"]
    elsewhere = Peer()
    away = elsewhere.browser.get(question)
    assert statuses(checked_address(elsewhere.left_for(away), "SAMLResponse")) == [names.SUCCESS]
