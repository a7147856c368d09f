"""A second step before a ticket, and what the answer says of it (specification, 2.1.1, 2.1.2 and 2.5.7)."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client as Browser

from convergences.authentication.models import RememberedDevice, Session
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.protocols.cas.models import Ticket
from tests.cas.serving import HOME, Peer, ticket_in
from tests.cast import Cast, signed_in, strengthen

pytestmark = pytest.mark.database


@pytest.fixture
def strong(cotisations: Peer) -> Peer:
    """An application whose sheet asks for a second factor."""
    Application.objects.update(assurance="second_factor")
    return cotisations


def step_up(response: Any) -> str:
    """The address that the page of the second step leads back to."""
    address = urlsplit(response["Location"])
    assert (response.status_code, address.path) == (303, "/verification")
    assert not Ticket.objects.exists()
    return parse_qs(address.query)["next"][0]


def on_a_device(cast: Cast) -> None:
    now = clock.now()
    device = RememberedDevice.objects.create(
        agent=cast.claire.agent, token_digest="d", created_at=now, last_used_at=now, expires_at=now + dt.timedelta(1)
    )
    Session.objects.update(remembered_device=device)


def told(peer: Peer, browser: Browser) -> dict[str, Any]:
    released: dict[str, Any] = peer.validated(peer.ticket(browser))["authenticationSuccess"]["attributes"]
    return released


def test_the_agent_makes_the_second_step_and_goes_on(strong: Peer, claire: Browser, cast: Cast) -> None:
    back = step_up(strong.send(claire))
    strengthen(cast.claire.agent)
    assert strong.validated(ticket_in(claire.get(back)))["authenticationSuccess"]["user"]


def test_going_straight_back_or_in_another_session_gives_no_ticket(strong: Peer, claire: Browser, cast: Cast) -> None:
    """The attacks: the second step is skipped; or made in one session, and shown by another."""
    back = step_up(strong.send(claire))
    assert step_up(claire.get(back))
    strengthen(cast.claire.agent)
    assert step_up(signed_in(cast.claire.agent).get(back))


def test_a_proof_of_five_minutes_and_a_second_ago_is_not_fresh(strong: Peer, claire: Browser, cast: Cast) -> None:
    Application.objects.update(assurance="fresh_second_factor")
    strengthen(cast.claire.agent)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5, seconds=1)):
        assert step_up(strong.send(claire))


def test_gateway_shows_no_page(strong: Peer, claire: Browser) -> None:
    assert strong.send(claire, gateway="true")["Location"] == HOME


def test_renew_asks_for_a_sign_in_and_a_second_step_is_none(strong: Peer, claire: Browser, cast: Cast) -> None:
    strengthen(cast.claire.agent)
    assert "encore=1" in strong.send(claire, renew="true")["Location"]


def test_the_answer_says_what_the_agent_showed(strong: Peer, claire: Browser, cast: Cast) -> None:
    strengthen(cast.claire.agent)
    released = told(strong, claire)
    assert (released["authenticationMethod"], released["authnContextClass"]) == (["pwd", "otp", "mfa"], "eidas2")
    assert released["longTermAuthenticationRequestTokenUsed"] is False


def test_a_remembered_device_enters_and_is_told_as_what_it_is(strong: Peer, claire: Browser, cast: Cast) -> None:
    on_a_device(cast)
    released = told(strong, claire)
    assert (released["authenticationMethod"], released["authnContextClass"]) == (["pwd"], "eidas1")
    assert released["longTermAuthenticationRequestTokenUsed"] is True
