"""`/cas/login`: specification, sections 2.1 and 2.2."""

import datetime as dt
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.protocols.cas.models import Ticket
from tests.cas.serving import HOME, Peer, define
from tests.cas.test_addresses import PATTERNS, TRICKS
from tests.cast import Cast, signed_in
from tests.home.rights import give

pytestmark = pytest.mark.database


def test_an_agent_with_the_right_comes_back_with_a_ticket(cotisations: Peer, claire: Browser) -> None:
    response = cotisations.send(claire)
    assert response["Location"].startswith(f"{HOME}?ticket=ST-")
    assert response["Cache-Control"] == "no-store"
    assert Visit.objects.get().protocol == "cas"
    assert Ticket.objects.get().digest not in response["Location"]


def test_a_ticket_joins_the_parameters_that_are_there(cotisations: Peer, claire: Browser) -> None:
    response = cotisations.send(claire, service=f"{HOME}?page=2&q=a%20b")
    assert response["Location"].startswith(f"{HOME}?page=2&q=a%20b&ticket=ST-")


def test_a_stranger_signs_in_and_comes_back_here(cotisations: Peer) -> None:
    response = cotisations.send(Browser())
    assert response["Location"].startswith("/connexion?next=%2Fcas%2Flogin")


@pytest.mark.parametrize("service", [trick for trick in TRICKS if trick])
def test_nobody_is_sent_to_an_address_that_is_not_registered(cast: Cast, claire: Browser, service: str) -> None:
    give(cast.claire, cast.cotisations)
    define(cast.cotisations, services=PATTERNS)
    response = Peer().send(claire, service=service)
    assert response.status_code == 400
    assert "Location" not in response
    assert not Ticket.objects.exists()


def test_the_page_of_refusal_shows_markup_as_text(cotisations: Peer, claire: Browser) -> None:
    page = cotisations.send(claire, service='https://evil.example/"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in page


def test_an_agent_without_the_right_reads_why_and_whom_to_ask(cotisations: Peer, cast: Cast) -> None:
    response = cotisations.send(signed_in(cast.moussa.agent))
    assert response.status_code == 403
    assert "Nadia Ferhat" in response.content.decode()
    assert not Ticket.objects.exists()


def test_a_gateway_shows_no_page(cotisations: Peer, cast: Cast) -> None:
    """2.1.1: without a session, or without the right, the browser goes back without a ticket."""
    for browser in (Browser(), signed_in(cast.moussa.agent)):
        assert cotisations.send(browser, gateway="true")["Location"] == HOME


def test_renew_asks_for_the_password_again(cotisations: Peer, claire: Browser) -> None:
    response = cotisations.send(claire, renew="true", gateway="true")
    assert response["Location"].startswith("/connexion?")
    assert "encore=1" in response["Location"]


def test_the_proof_of_another_request_does_not_renew(cotisations: Peer, cast: Cast) -> None:
    away = cotisations.send(Browser(), renew="true", service=f"{HOME}other")["Location"]
    proof = away.rpartition("asked%3D")[2]
    with time_machine.travel(clock.now() + dt.timedelta(minutes=1)):
        browser = signed_in(cast.claire.agent)
        response = cotisations.send(browser, renew="true", asked=unquote(unquote(proof)))
    assert response["Location"].startswith("/connexion?")


def test_a_ticket_by_form_goes_to_the_service_alone(cotisations: Peer, claire: Browser) -> None:
    """2.1.1, method=POST: of this page alone a form leaves the site."""
    response = cotisations.send(claire, method="POST")
    page = response.content.decode()
    assert f'action="{HOME}"' in page
    assert 'name="ticket" value="ST-' in page
    assert "form-action https://cotisations.example 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("parameters", [{"method": "HEADER"}, {"service": [HOME, HOME]}, {"x": "a" * 4000}])
def test_a_malformed_request_leads_nowhere(cotisations: Peer, claire: Browser, parameters: dict[str, str]) -> None:
    assert cotisations.send(claire, **parameters).status_code == 400


def test_without_a_service_one_is_on_the_portal(claire: Browser) -> None:
    assert claire.get("/cas/login")["Location"] == "/"


def test_a_right_that_is_gone_gives_no_ticket(cotisations: Peer, claire: Browser) -> None:
    Entitlement.objects.all().delete()
    assert cotisations.send(claire).status_code == 403
