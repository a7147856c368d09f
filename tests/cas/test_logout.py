"""Logout: specification, section 2.3, and the message of single logout."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client as Browser
from lxml import etree

from convergences.admission.models import Visit
from convergences.admission.services import request_ends
from convergences.authentication.models import Session
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock, outbound
from convergences.foundations.outbound import Answer
from convergences.protocols.cas import notices
from convergences.protocols.cas.models import ProxyGrant, Ticket
from convergences.protocols.cas.services import cleaning
from tests.admission import rounds
from tests.cas.serving import HOME, Peer, define
from tests.cast import Cast
from tests.home.rights import give

pytestmark = pytest.mark.database
INDEX = "{urn:oasis:names:tc:SAML:2.0:protocol}SessionIndex"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What applications are told: where, and the ticket named."""
    told: list[tuple[str, str]] = []

    def post_form(url: str, fields: dict[str, str]) -> Answer:
        told.append((url, str(etree.fromstring(fields["logoutRequest"].encode()).findtext(INDEX))))
        return Answer(200, "text/plain", b"")

    monkeypatch.setattr(outbound, "post_form", post_form)
    return told


def work() -> None:
    """Do what the worker does until nothing is left."""
    rounds.work(notices.Teller())


def confirm(browser: Browser, response: HttpResponse) -> HttpResponse:
    """Answer yes on the page."""
    found = re.search(r'name="ticket" value="([^"]+)"', response.content.decode())
    assert found is not None
    answer: HttpResponse = browser.post("/deconnexion/confirmer", {"ticket": found[1]})
    return answer


def test_no_link_signs_anybody_out(cotisations: Peer, claire: Browser) -> None:
    response = claire.get("/cas/logout", {"service": HOME})
    assert response.status_code == 200
    assert Session.objects.get().ended_at is None


def test_an_agent_who_agrees_leaves_for_the_application(cotisations: Peer, claire: Browser) -> None:
    response = confirm(claire, claire.get("/cas/logout", {"service": HOME}))
    assert HOME in response.content.decode()
    assert Session.objects.get().ended_at is not None


@pytest.mark.parametrize(
    "service", ["https://evil.example/", "https://cotisations.example.evil/", "//evil.example", ""]
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(cotisations: Peer, claire: Browser, service: str) -> None:
    """2.3.1: `service` is followed only if it is one."""
    response = confirm(claire, claire.get("/cas/logout", {"service": service}))
    assert response["Location"] == "/deconnecte"


def test_the_application_hears_of_each_ticket_it_validated(
    cotisations: Peer, claire: Browser, heard: list[tuple[str, str]]
) -> None:
    first, second = cotisations.ticket(claire), cotisations.ticket(claire)
    cotisations.validated(first)
    cotisations.validated(second)
    cotisations.ticket(claire)  # never came back: nothing to end there
    confirm(claire, claire.get("/cas/logout"))
    work()
    assert heard == [(HOME, first), (HOME, second)]
    assert Visit.objects.get().told_at is not None


def test_a_removed_right_is_told_too(cotisations: Peer, claire: Browser, heard: list[tuple[str, str]]) -> None:
    ticket = cotisations.ticket(claire)
    cotisations.validated(ticket)
    Entitlement.objects.all().delete()
    work()
    assert heard == [(HOME, ticket)]


@pytest.mark.parametrize("trouble", [outbound.Forbidden("inside"), outbound.Unreachable("down")])
def test_an_address_that_fails_keeps_no_other_from_hearing(
    cotisations: Peer, claire: Browser, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """An application of two machines, one of them down for good: the session at the other must not stay open."""
    told: list[str] = []

    def post_form(url: str, _fields: dict[str, str]) -> Answer:
        if url == HOME:
            raise trouble
        told.append(url)
        return Answer(200, "text/plain", b"")

    monkeypatch.setattr(outbound, "post_form", post_form)
    for service in (HOME, f"{HOME}autre"):
        cotisations.service = service
        cotisations.validated(cotisations.ticket(claire))
    Entitlement.objects.all().delete()
    request_ends(clock.now())
    notices.Teller().tell_due()
    assert told == [f"{HOME}autre"]


def test_an_application_that_keeps_out_of_it_is_left_alone(
    cast: Cast, claire: Browser, heard: list[tuple[str, str]]
) -> None:
    give(cast.claire, cast.cotisations)
    define(cast.cotisations, single_logout=False)
    peer = Peer()
    peer.validated(peer.ticket(claire))
    Entitlement.objects.all().delete()
    work()
    assert not heard
    assert Visit.objects.get().ended_at is not None


def test_what_serves_no_more_is_forgotten(cotisations: Peer, claire: Browser, heard: list[tuple[str, str]]) -> None:
    cotisations.validated(cotisations.ticket(claire))
    cotisations.ticket(claire)
    ProxyGrant.objects.create(digest="0", visit=Visit.objects.get(), given_at=clock.now())
    later = clock.now() + cleaning.lifetimes.REMEMBERED * 2
    assert cleaning.forget_expired(later) == 1  # the one that nobody came for; the other is open
    Entitlement.objects.all().delete()
    work()
    assert cleaning.forget_expired(later) == 2
    assert not Ticket.objects.exists()
