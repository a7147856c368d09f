"""OpenID Connect Back-Channel Logout 1.0: the application is told, again and again, and nobody else waits for it."""

import datetime as dt
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import KeySet

from convergences.admission.models import Visit
from convergences.admission.queries import FarewellState, farewells
from convergences.admission.services import endings, request_ends, telling
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.catalog.models import Application
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock, keys, outbound
from convergences.foundations.outbound import Answer, Forbidden, Unreachable
from convergences.protocols.oidc.notices import back_channel, logout_tokens
from tests.admission import rounds
from tests.cast import Cast
from tests.oidc.relying import ISSUER, Relying, define, entitle

pytestmark = pytest.mark.database
OUT = "https://bip.example/out"


class World:
    """What applications hear, and what each answers."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.answers: dict[str, int | Exception] = {}
        self.held: dict[str, threading.Event] = {}

    def post_form(self, url: str, fields: dict[str, str]) -> Answer:
        if url in self.held:
            self.held[url].wait(5)
        answer = self.answers.get(url, 200)
        if isinstance(answer, Exception):
            raise answer
        self.heard.append((url, fields["logout_token"]))
        return Answer(answer, "text/plain", b"")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    heard = World()
    monkeypatch.setattr(outbound, "post_form", heard.post_form)
    monkeypatch.setattr(telling, "PAUSE", 0.02)
    yield heard
    for event in heard.held.values():
        event.set()


@pytest.fixture
def told_bip(cast: Cast) -> Relying:
    entitle(cast.claire, cast.bip, "reader")
    return Relying(define(cast.bip, backchannel_logout_uri=OUT))


def work(teller: back_channel.Teller | None = None) -> None:
    """Do what the worker does until nothing is left."""
    rounds.work(teller or back_channel.Teller())


def claims_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    published: Any = keys.published_jwks()
    read = jwt.decode(token, KeySet.import_key_set(published))
    return dict(read.header), dict(read.claims)


def test_the_token_says_whose_session_is_over(told_bip: Relying, claire: Browser, world: World, cast: Cast) -> None:
    """2.4: iss, sub, aud, iat, exp, jti, events and sid; never a nonce; typ logout+jwt."""
    told_bip.tokens(claire)
    sessions.end(Session.objects.get(), reason="signed_out", actor=SYSTEM)
    work()
    [(url, token)] = world.heard
    header, claims = claims_of(token)
    assert (url, header["typ"], header["alg"]) == (OUT, "logout+jwt", "ES256")
    assert claims["events"] == {logout_tokens.EVENT: {}}
    assert (claims["iss"], claims["aud"]) == (ISSUER, "bip")
    assert claims["sub"] == cast.claire.agent.subject
    assert claims["sid"] == str(Session.objects.get().uid)
    assert claims["exp"] - claims["iat"] <= 120
    assert claims["jti"]
    assert "nonce" not in claims


def test_it_is_told_once(told_bip: Relying, claire: Browser, world: World) -> None:
    told_bip.tokens(claire)
    session = Session.objects.get()
    sessions.end(session, reason="signed_out", actor=SYSTEM)
    work()
    work()
    assert len(world.heard) == 1
    assert Visit.objects.get().told_at is not None
    assert [line.state for line in farewells(session.uid)] == [FarewellState.TOLD]


def test_an_open_visit_is_left_alone(told_bip: Relying, claire: Browser, world: World) -> None:
    told_bip.tokens(claire)
    work()
    assert not world.heard
    assert Visit.objects.get().end_requested_at is None


@pytest.mark.parametrize("cause", ["right", "agent", "membership", "application"])
def test_every_end_is_told_and_its_tokens_are_dead_before(
    told_bip: Relying, claire: Browser, world: World, cast: Cast, cause: str
) -> None:
    given = told_bip.tokens(claire)
    if cause == "right":
        Entitlement.objects.update(closed_at=clock.now())
    elif cause == "agent":
        type(cast.claire.agent).objects.filter(pk=cast.claire.agent_id).update(state="suspended")
    elif cause == "membership":
        type(cast.claire).objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    else:
        Application.objects.filter(slug="bip").update(status="closed")
    assert told_bip.userinfo(given["access_token"]).status_code == 401
    assert told_bip.refresh(given["refresh_token"]).status_code == 400
    assert not world.heard
    work()
    assert len(world.heard) == 1


def test_a_silent_application_is_told_again_with_growing_delays_then_given_up(
    told_bip: Relying, claire: Browser, world: World
) -> None:
    world.answers[OUT] = Unreachable("bip.example: TimeoutError")
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clockwork:
        told_bip.tokens(claire)
        session = Session.objects.get()
        sessions.end(session, reason="signed_out", actor=SYSTEM)
        work()
        assert [line.state for line in farewells(session.uid)] == [FarewellState.UNTOLD]
        for number, delay in enumerate(endings.DELAYS, start=1):
            assert Visit.objects.get().telling_attempts == number
            clockwork.shift(delay - dt.timedelta(seconds=1))
            work()
            assert Visit.objects.get().telling_attempts == number
            clockwork.shift(1)
            work()
    visit = Visit.objects.get()
    assert visit.given_up_at is not None
    assert visit.telling_error == "bip.example: TimeoutError"
    assert AuditEvent.objects.filter(action="admission.application_not_told").count() == 1


def test_what_was_given_up_is_told_when_an_operator_says_so(told_bip: Relying, claire: Browser, world: World) -> None:
    world.answers[OUT] = Forbidden("bip.example: not an address of the Internet")
    told_bip.tokens(claire)
    sessions.end(Session.objects.get(), reason="signed_out", actor=SYSTEM)
    work()
    world.answers.clear()
    assert endings.retry(endings.given_up()) == 1
    work()
    assert Visit.objects.get().told_at is not None
    assert not endings.given_up().exists()


@pytest.mark.parametrize(("status", "heard"), [(200, True), (204, True), (302, False), (400, False), (500, False)])
def test_only_an_acknowledgement_is_one(
    told_bip: Relying, claire: Browser, world: World, status: int, heard: bool
) -> None:
    """2.8: 200; a redirection is not followed."""
    world.answers[OUT] = status
    told_bip.tokens(claire)
    sessions.end(Session.objects.get(), reason="signed_out", actor=SYSTEM)
    work()
    assert (Visit.objects.get().told_at is not None) is heard


def test_an_address_inside_is_given_up_at_once(told_bip: Relying, claire: Browser, world: World) -> None:
    """SSRF: trying again changes nothing, an operator must see it."""
    world.answers[OUT] = Forbidden("bip.example: not an address of the Internet")
    told_bip.tokens(claire)
    sessions.end(Session.objects.get(), reason="signed_out", actor=SYSTEM)
    work()
    assert endings.given_up().count() == 1


def test_a_slow_application_delays_nobody(told_bip: Relying, claire: Browser, world: World, cast: Cast) -> None:
    entitle(cast.claire, cast.cotisations, "reader")
    fast = "https://rival.example/out"
    metadata = {"redirect_uris": ["https://rival.example/cb"], "backchannel_logout_uri": fast}
    rival = Relying(define(cast.cotisations, **metadata), redirect_uri="https://rival.example/cb")
    told_bip.tokens(claire)
    rival.tokens(claire)
    sessions.end(Session.objects.get(), reason="signed_out", actor=SYSTEM)
    request_ends(clock.now())
    world.held[OUT] = threading.Event()
    teller = back_channel.Teller()
    started = time.monotonic()
    while not world.heard:
        teller.tell_due()
        assert time.monotonic() - started < 15
    assert world.heard[0][0] == fast
    world.held[OUT].set()
    work(teller)
    assert Visit.objects.filter(told_at__isnull=False).count() == 2


def test_what_a_killed_worker_held_is_told_by_another(told_bip: Relying, claire: Browser, world: World) -> None:
    told_bip.tokens(claire)
    sessions.end(Session.objects.get(), reason="signed_out", actor=SYSTEM)
    request_ends(clock.now())
    [claimed] = endings.claim("oidc", told_bip.client.application_id, most=5)
    work()
    assert not world.heard, "another worker's, for the time of its lease"
    with time_machine.travel(dt.datetime.now(dt.UTC) + endings.LEASE, tick=True):
        work()
    assert len(world.heard) == 1
    # The first one wakes up: what it has to say no longer counts.
    endings.not_told(claimed, "late", final=True)
    assert Visit.objects.get().told_at is not None


def test_an_application_without_an_address_ends_at_once_and_is_said_untold(
    bip: Relying, claire: Browser, world: World
) -> None:
    bip.tokens(claire)
    session = Session.objects.get()
    sessions.end(session, reason="signed_out", actor=SYSTEM)
    work()
    assert Visit.objects.get().ended_at is not None
    assert [line.state for line in farewells(session.uid)] == [FarewellState.UNTOLD]


def test_no_application_of_a_living_session_is_told_of(told_bip: Relying, claire: Browser) -> None:
    told_bip.tokens(claire)
    assert farewells(Session.objects.get().uid) == []


def test_nothing_of_the_token_is_kept(told_bip: Relying, claire: Browser, world: World) -> None:
    told_bip.tokens(claire)
    sessions.end(Session.objects.get(), reason="signed_out", actor=SYSTEM)
    work()
    kept = json.dumps(list(Visit.objects.values()), default=str)
    assert world.heard[0][1] not in kept
