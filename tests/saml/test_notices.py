"""Applications are told by our server, by SOAP: at once, again and again, and nobody waits (Profiles, 4.4.3.3)."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from lxml import etree

from convergences.admission.models import Visit
from convergences.admission.queries import FarewellState, farewells
from convergences.admission.services import endings, telling
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.catalog.models import Application
from convergences.directory.services import memberships
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import revoke
from convergences.foundations import clock, outbound
from convergences.foundations.outbound import Answer, Forbidden, Unreachable
from convergences.protocols.saml import names, notices
from convergences.protocols.saml.models import Statement
from tests.admission import rounds
from tests.cast import Cast
from tests.saml.leaving import envelope, logout_response
from tests.saml.serving import LOGOUT, Peer, answer_in, checked, define, metadata

pytestmark = pytest.mark.database


class World:
    """The site's server: what it heard, and how it answers."""

    def __init__(self) -> None:
        self.heard: list[etree._Element] = []
        self.answer: Callable[[str], Answer] = self.acknowledge

    def post(self, url: str, content: bytes, *, content_type: str) -> Answer:
        assert (url, content_type) == (LOGOUT, "text/xml; charset=utf-8")
        root = etree.fromstring(etree.tostring(etree.fromstring(content)[0][0]))
        checked(root)
        self.heard.append(root)
        return self.answer(str(root.get("ID")))

    @staticmethod
    def acknowledge(identifier: str, **changes: str) -> Answer:
        return Answer(200, "text/xml", envelope(logout_response(identifier, **changes)).encode())


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World()
    monkeypatch.setattr(outbound, "post", world.post)
    monkeypatch.setattr(telling, "PAUSE", 0.02)
    return world


@pytest.fixture
def inside(site: Peer, cast: Cast, world: World) -> Statement:
    define(cast.cotisations, metadata(logouts=[names.SOAP, names.REDIRECT]))
    answer_in(site.send())
    return Statement.objects.get()


def work() -> None:
    """Do what the worker does until nothing is left."""
    rounds.work(notices.Teller())


def ended(stated: Statement) -> Visit:
    visit: Visit = Visit.objects.get(pk=stated.visit_id)
    return visit


def test_a_sign_out_is_told_with_the_name_and_the_index(site: Peer, inside: Statement, world: World) -> None:
    site.browser.post("/deconnexion")
    work()
    (root,) = world.heard
    assert root.findtext(names.assertion("NameID")) == inside.name_id
    assert root.findtext(names.protocol("SessionIndex")) == inside.session_index
    assert root.get("Destination") == LOGOUT
    assert ended(inside).told_at is not None
    work()
    assert len(world.heard) == 1


CAUSES = {
    "a right removed": lambda cast: revoke(Entitlement.objects.get(), giver=None, actor=SYSTEM),
    "an agent suspended": lambda cast: memberships.suspend(cast.claire, reason="", actor=SYSTEM),
    "an attachment closed": lambda cast: memberships.close(cast.claire, actor=SYSTEM),
    "an application closed": lambda _cast: Application.objects.filter(slug="net-cotisations").update(status="closed"),
    "sessions ended": lambda cast: sessions.end_all(cast.claire.agent, reason="password_changed", actor=SYSTEM),
}


@pytest.mark.parametrize("name", CAUSES)
def test_whatever_ends_a_visit_is_told_at_the_worker_s_next_round(
    inside: Statement, world: World, cast: Cast, name: str
) -> None:
    CAUSES[name](cast)
    work()
    assert len(world.heard) == 1
    assert ended(inside).told_at is not None


BAD_ANSWERS: dict[str, Callable[[str], Answer]] = {
    "500": lambda _id: Answer(500, "text/plain", b""),
    "not XML": lambda _id: Answer(200, "text/html", b"<p>hello"),
    "a DOCTYPE": lambda _id: Answer(200, "text/xml", b"<!DOCTYPE a><a/>"),
    "another request's": lambda _id: World.acknowledge("_another"),
    "could not": lambda identifier: World.acknowledge(identifier, status=names.RESPONDER),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_what_does_not_acknowledge_is_tried_again(site: Peer, inside: Statement, world: World, name: str) -> None:
    world.answer = BAD_ANSWERS[name]
    site.browser.post("/deconnexion")
    work()
    visit = ended(inside)
    assert (visit.told_at, visit.ended_at, visit.telling_attempts) == (None, None, 1)
    assert visit.telling_error
    world.answer = world.acknowledge
    with time_machine.travel(clock.now() + dt.timedelta(seconds=6)):
        work()
    assert ended(inside).told_at is not None


def unreachable(_identifier: str) -> Answer:
    raise Unreachable("nobody answers")


def test_one_that_never_hears_is_given_up_and_journaled(site: Peer, inside: Statement, world: World) -> None:
    world.answer = unreachable
    site.browser.post("/deconnexion")
    now = clock.now()
    for delay in (*endings.DELAYS, endings.DELAYS[-1]):
        with time_machine.travel(now):
            work()
        now += delay + dt.timedelta(seconds=1)
    assert ended(inside).given_up_at is not None
    assert AuditEvent.objects.filter(action="admission.application_not_told").count() == 1
    session = Session.objects.get(pk=inside.visit.session_id)
    assert [line.state for line in farewells(session.uid)] == [FarewellState.UNTOLD]


def forbidden(_identifier: str) -> Answer:
    raise Forbidden("this network is not open")


def test_an_address_inside_our_networks_is_not_tried_again(site: Peer, inside: Statement, world: World) -> None:
    world.answer = forbidden
    site.browser.post("/deconnexion")
    work()
    assert ended(inside).given_up_at is not None


def test_one_that_only_a_browser_can_tell_is_bounded_by_what_it_was_told(site: Peer, cast: Cast) -> None:
    """Core, 2.7.2, SessionNotOnOrAfter: a removed right ends there within half an hour."""
    define(cast.cotisations, metadata(logouts=[names.REDIRECT]))
    bounds = []
    for logouts in ([names.REDIRECT], [names.SOAP]):
        define(cast.cotisations, metadata(logouts=logouts))
        found = answer_in(site.send()).assertion.find(names.assertion("AuthnStatement"))
        assert found is not None
        bounds.append(dt.datetime.fromisoformat(str(found.get("SessionNotOnOrAfter"))) - clock.now())
    assert bounds[0] <= dt.timedelta(minutes=30) < bounds[1]
