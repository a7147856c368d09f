"""Metadata, section 4.3.1: a description is kept no longer than it says, and the engineers are told before."""

import datetime as dt
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser

from convergences.directory.models import Role, StaffRole
from convergences.foundations import clock
from convergences.protocols.saml import metadata_in, names
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.models import ServiceProvider, Statement
from convergences.protocols.saml.services import warning
from tests.cast import Cast, member
from tests.entitlements.doing import mails
from tests.saml.leaving import SOAP, envelope, logout_request
from tests.saml.serving import Peer, address, answer_in, define, instant, keys, metadata, request, signed

pytestmark = pytest.mark.database


@pytest.fixture
def ending(site: Peer, cast: Cast) -> Peer:
    """The site's description ends in twenty days; it came by a file."""
    about = f'validUntil="{instant(clock.now() + timedelta(days=20))}"'
    define(cast.cotisations, metadata(about=about, logouts=[names.SOAP]), idp_initiated=True)
    return site


def test_nobody_enters_by_a_description_that_is_over(ending: Peer) -> None:
    honest = request()
    assert answer_in(ending.send(honest)).attributes["mail"]
    ServiceProvider.objects.update(expires_at=clock.now() - timedelta(minutes=2))
    for response in (ending.send(), ending.browser.get("/saml/ouvrir/net-cotisations", follow=True)):
        assert response.status_code == 400
        assert "n’est plus valable" in response.content.decode()


def test_a_request_under_way_when_it_ends_is_not_answered(ending: Peer) -> None:
    place = ending.browser.get(f"/saml/sso?{address(request())}")["Location"]
    ServiceProvider.objects.update(expires_at=clock.now() - timedelta(minutes=2))
    assert "n’est plus valable" in ending.browser.get(place).content.decode()


def test_signing_out_goes_on(ending: Peer) -> None:
    """Closing is never refused for a date."""
    answer_in(ending.send())
    ServiceProvider.objects.update(expires_at=clock.now() - timedelta(days=2))
    asked = envelope(signed(logout_request(Statement.objects.get(), to=SOAP), keys()))
    answer = Browser().post(SOAP, asked, content_type="text/xml")
    assert (answer.status_code, names.SUCCESS in answer.content.decode()) == (200, True)
    assert Statement.objects.get().visit.session.ended_at


def test_engineers_are_told_thirty_seven_and_one_day_before_then_at_the_end(ending: Peer, cast: Cast) -> None:
    anne_laure = member(cast.center, "Anne-Laure Petit").agent
    StaffRole.objects.create(agent=anne_laure, role=Role.ENGINEER, granted_at=clock.now())
    told = []
    for days in (0, 1, 12, 14, 18, 19.5, 19.6, 20.5, 40):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=False):
            told.append(warning.warn_due())
    assert told == [1, 0, 0, 1, 0, 1, 0, 1, 0]
    sent = mails()
    assert {mail["recipient"] for mail in sent} == {anne_laure.email}
    assert ["n’est plus valable depuis le" in " ".join(mail["text"].split()) for mail in sent] == [False] * 3 + [True]


def test_one_that_is_renewed_at_its_address_is_told_of_once_it_is_no_longer_read(ending: Peer) -> None:
    ServiceProvider.objects.update(metadata_url="https://site.example/saml", read_error="")
    assert warning.warn_due() == 0
    ServiceProvider.objects.update(read_error="l’adresse n’a pas répondu")
    assert (warning.warn_due(), warning.warn_due()) == (1, 0)


ODD = ["0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+05:00", "0001-01-01", "0001-01-01T00:00:00-23:59"]


@pytest.mark.parametrize("until", ODD)
def test_the_first_day_of_all_is_over_in_every_zone(until: str) -> None:
    with pytest.raises(InvalidProvider, match="n’est plus valable"):
        metadata_in.read(metadata(about=f'validUntil="{until}"').encode())
    assert metadata_in.parsed_instant(until) <= dt.datetime(2, 1, 1, tzinfo=dt.UTC)
