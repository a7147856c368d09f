"""Passkeys that answer, beside a password or alone: who may, and every answer that opens nothing (WebAuthn 2, 7.2)."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from convergences.authentication.browsers import Browser
from convergences.authentication.errors import ChallengeOver, PasskeyFrozen, PasskeyRefused, WrongCredentials
from convergences.authentication.models import AttemptCounter, Passkey, Session, SpentChallenge
from convergences.authentication.proofs import FactorProof, Pending
from convergences.authentication.services import passkey_proofs, passkeys
from convergences.authentication.services.sign_in import Attempt, SecondStepNeeded, sign_in
from convergences.directory.models import Agent, AgentState
from convergences.foundations import clock
from tests.authentication.doing import HERE, letters, told, work_of
from tests.authentication.passkeying import enrol, session_of
from tests.authenticator import BE, EDDSA, ES256, RS256, UP, UV, Authenticator, b64
from tests.cast import PASSWORD, Cast, set_password

pytestmark = pytest.mark.database

PROVE, ALONE = "beside a password", "alone"
LIES: dict[str, Callable[[Authenticator], dict[str, Any] | None]] = {
    "another site": lambda key: setattr(key, "origin", "https://testserver.evil.example"),
    "another name": lambda key: setattr(key, "rp_id", "evil.example"),
    "inside a frame": lambda key: setattr(key, "more", {"crossOrigin": True}),
    "nobody present": lambda key: setattr(key, "flags", UV),
    "copyable all of a sudden": lambda key: setattr(key, "flags", UP | UV | BE),
    "an answer to a creation": lambda _key: {"type": "webauthn.create"},
    "its own challenge": lambda _key: {"challenge": b64(b"x" * 32)},
    "an altered signature": lambda _key: {"signature": b"\x30\x06\x02\x01\x01\x02\x01\x01"},
    "no signature": lambda _key: {"signature": b""},
    "another agent's name": lambda _key: {"handle": b"0" * 32},
    "another key": lambda key: setattr(key, "key", Authenticator().key),
    "another key of another kind": lambda key: setattr(key, "key", Authenticator(algorithm=RS256).key),
}


@pytest.fixture
def claire(cast: Cast) -> Agent:
    """Claire, who has a password."""
    set_password(cast.claire.agent)
    return cast.claire.agent


def pending(agent: Agent) -> Pending:
    """A right password was typed."""
    return Pending(agent.pk, clock.now(), clock.now())


def answer(how: str, agent: Agent, key: Authenticator, **lies: Any) -> FactorProof:
    """Answer with a key, beside a password or alone."""
    if how == ALONE:
        options = passkey_proofs.options_to_sign_in()
        return passkey_proofs.identify(options.sealed, key.get(options.json, **lies), browser=HERE)
    who = pending(agent)
    options = passkey_proofs.options_to_prove(who)
    return passkey_proofs.prove(who, options.sealed, key.get(options.json, **lies), browser=HERE)


@pytest.mark.parametrize("how", [PROVE, ALONE])
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_an_answer_that_lies_proves_nothing(claire: Agent, how: str, lie: Callable[..., Any]) -> None:
    passkey, key = enrol(claire)
    lies = lie(key) or {}
    with pytest.raises(PasskeyRefused):
        answer(how, claire, key, **lies)
    passkey.refresh_from_db()
    assert (passkey.sign_count, passkey.last_used_at, passkey.frozen_at) == (0, None, None)
    assert len(told("passkey_refused")) == 1


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
@pytest.mark.parametrize("how", [PROVE, ALONE])
def test_a_right_answer_says_whose_and_moves_the_counter(claire: Agent, how: str, algorithm: int) -> None:
    passkey, key = enrol(claire, Authenticator(algorithm=algorithm))
    assert answer(how, claire, key) == FactorProof("passkey", claire.pk)
    passkey.refresh_from_db()
    assert passkey.sign_count == 1
    assert passkey.last_used_at is not None


def test_a_key_that_verified_nobody_is_told_apart_and_opens_nothing_alone(claire: Agent) -> None:
    _, key = enrol(claire)
    key.flags = UP
    assert answer(PROVE, claire, key).kind == "passkey_unverified"
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key)


def test_alone_the_key_must_say_whose_it_is(claire: Agent) -> None:
    _, key = enrol(claire)
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key, handle=None)


def test_another_agents_passkey_opens_nothing(claire: Agent, cast: Cast) -> None:
    _, key = enrol(cast.lucie.agent)
    for lies in ({}, {"handle": claire.subject.encode()}, {"handle": None}):
        with pytest.raises(PasskeyRefused):
            answer(PROVE, claire, key, **lies)
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key, handle=claire.subject.encode())


@pytest.mark.parametrize("field", ["removed_at", "frozen_at"])
def test_a_passkey_removed_or_frozen_opens_nothing(claire: Agent, field: str) -> None:
    passkey, key = enrol(claire)
    Passkey.objects.filter(pk=passkey.pk).update(**{field: clock.now()})
    for how in (PROVE, ALONE):
        with pytest.raises(PasskeyRefused):
            answer(how, claire, key)


@pytest.mark.parametrize("state", [AgentState.SUSPENDED, AgentState.DELETED, AgentState.INVITED])
def test_a_passkey_wakes_no_account(claire: Agent, state: str) -> None:
    _, key = enrol(claire)
    Agent.objects.filter(pk=claire.pk).update(state=state)
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key)


def test_a_copied_key_is_frozen_told_and_opens_nothing_more(claire: Agent) -> None:
    passkey, key = enrol(claire, Authenticator(counter=5))
    answer(PROVE, claire, key)
    key.counter = 2
    with pytest.raises(PasskeyFrozen):
        answer(ALONE, claire, key)
    passkey.refresh_from_db()
    assert passkey.frozen_at is not None
    assert told("passkey_frozen")[0].subject_id == claire.pk
    assert (letters()[-1].kind, letters()[-1].recipient) == ("authentication.passkey_frozen", claire.email)
    key.counter = 100
    with pytest.raises(PasskeyRefused):
        answer(PROVE, claire, key)


@pytest.mark.parametrize("another", [False, True])
def test_a_copy_that_is_late_does_not_leave_the_password_alone_in_front(claire: Agent, another: bool) -> None:
    """The attack: with the password and an old copy, have the only means frozen, then come in without any."""
    _, key = enrol(claire, Authenticator(counter=5))
    if another:
        enrol(claire, name="Autre")
    key.counter = 2
    with pytest.raises(PasskeyFrozen):
        answer(PROVE, claire, key)
    attempt = Attempt(claire.email or "", PASSWORD, HERE)
    if another:
        assert isinstance(sign_in(attempt), SecondStepNeeded)
        return
    with pytest.raises(WrongCredentials):
        sign_in(attempt)
    assert not Session.objects.filter(ended_at=None).exists()
    assert "votre mot de passe ne sert plus" in letters()[-1].html


@pytest.mark.parametrize("counters", [(5, 5), (5, 0)])
def test_a_counter_that_stays_or_falls_to_zero_is_a_copy(claire: Agent, counters: tuple[int, int]) -> None:
    _, key = enrol(claire, Authenticator(counter=counters[0], steps=0))
    key.counter = counters[1]
    with pytest.raises(PasskeyFrozen):
        answer(PROVE, claire, key)


def test_a_key_that_never_counts_is_no_copy(claire: Agent) -> None:
    _, key = enrol(claire, Authenticator(steps=0))
    assert [answer(how, claire, key).kind for how in (PROVE, ALONE, PROVE)] == ["passkey"] * 3


def test_a_low_counter_that_nothing_signs_freezes_nobodys_passkey(claire: Agent) -> None:
    passkey, key = enrol(claire, Authenticator(counter=5))
    key.counter = 0
    with pytest.raises(PasskeyRefused):
        answer(ALONE, claire, key, signature=b"\x00" * 64)
    passkey.refresh_from_db()
    assert passkey.frozen_at is None


def test_an_answer_serves_once(claire: Agent) -> None:
    _, key = enrol(claire, Authenticator(steps=0))
    options, who = passkey_proofs.options_to_sign_in(), pending(claire)
    said = key.get(options.json)
    passkey_proofs.identify(options.sealed, said, browser=HERE)
    with pytest.raises(ChallengeOver):
        passkey_proofs.identify(options.sealed, said, browser=HERE)
    options = passkey_proofs.options_to_prove(who)
    said = key.get(options.json)
    passkey_proofs.prove(who, options.sealed, said, browser=HERE)
    with pytest.raises(ChallengeOver):
        passkey_proofs.prove(who, options.sealed, said, browser=HERE)


def test_a_challenge_serves_who_it_was_given_to_for_what_it_was_given(claire: Agent, cast: Cast) -> None:
    _, key = enrol(claire)
    mine, session = pending(claire), session_of(claire)
    given = passkey_proofs.options_to_prove(mine)
    said = key.get(given.json)
    elsewhere = [pending(cast.lucie.agent), pending(claire), session, session_of(claire)]
    for who in elsewhere:
        with pytest.raises(ChallengeOver):
            passkey_proofs.prove(who, given.sealed, said, browser=HERE)
    with pytest.raises(ChallengeOver):
        passkey_proofs.identify(given.sealed, said, browser=HERE)
    to_add = passkeys.options_to_add(claire, session)
    with pytest.raises(ChallengeOver):
        passkey_proofs.prove(session, to_add.sealed, key.get(to_add.json), browser=HERE)
    assert passkey_proofs.prove(mine, given.sealed, said, browser=HERE).agent_id == claire.pk


def test_a_challenge_does_not_wait(claire: Agent) -> None:
    _, key = enrol(claire)
    options = passkey_proofs.options_to_sign_in()
    said = key.get(options.json)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11), tick=False), pytest.raises(ChallengeOver):
        passkey_proofs.identify(options.sealed, said, browser=HERE)


@pytest.mark.parametrize("garbage", ["", "null", "[]", "{" * 15_000, '{"id":"AAAA","response":{}}', "x" * 20_001])
def test_what_is_no_answer_opens_nothing(claire: Agent, garbage: str) -> None:
    enrol(claire)
    options, who = passkey_proofs.options_to_sign_in(), pending(claire)
    with pytest.raises(PasskeyRefused):
        passkey_proofs.identify(options.sealed, garbage, browser=HERE)
    with pytest.raises(PasskeyRefused):
        passkey_proofs.prove(who, passkey_proofs.options_to_prove(who).sealed, garbage, browser=HERE)


def test_a_key_unknown_asleep_or_wrong_is_refused_by_the_same_work(
    claire: Agent, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, asleep = enrol(cast.lucie.agent)
    Agent.objects.filter(pk=cast.lucie.agent.pk).update(state=AgentState.SUSPENDED)
    _, wrong = enrol(claire)
    unknown = Authenticator()
    unknown.handle = b"0" * 32
    AttemptCounter.objects.all().delete()
    cases = ((unknown, {}), (asleep, {}), (wrong, {"signature": b"x"}), (wrong, {"handle": None}))
    costs = []
    for key, lies in cases:
        costs.append(work_of(lambda: _refused(claire, key, lies), monkeypatch).queries)  # noqa: B023 - done at once
        AttemptCounter.objects.all().delete()
    assert costs[1:] == costs[:1] * 3
    assert not SpentChallenge.objects.filter(expires_at__gt=clock.now() + dt.timedelta(hours=1)).exists()


def _refused(agent: Agent, key: Authenticator, lies: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRefused):
        answer(ALONE, agent, key, **lies)


def test_a_flood_of_failures_neither_fills_the_journal_nor_stops_who_holds_a_key(claire: Agent) -> None:
    _, key = enrol(claire)
    for _ in range(60):
        options = passkey_proofs.options_to_sign_in()
        with pytest.raises(PasskeyRefused):
            passkey_proofs.identify(options.sealed, "{}", browser=HERE)
    assert len(told("passkey_refused")) == 50
    assert answer(ALONE, claire, key).agent_id == claire.pk


def test_the_options_say_no_more_than_they_must(claire: Agent) -> None:
    passkey, _ = enrol(claire)
    alone = json.loads(passkey_proofs.options_to_sign_in().json)
    assert (alone["allowCredentials"], alone["userVerification"], alone["rpId"]) == ([], "required", "testserver")
    beside = json.loads(passkey_proofs.options_to_prove(pending(claire)).json)
    assert [one["id"] for one in beside["allowCredentials"]] == [passkey.credential_id]
    assert beside["userVerification"] == "preferred"


def test_asking_for_a_challenge_writes_nothing(claire: Agent, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        passkey_proofs.options_to_sign_in()


def test_a_failure_elsewhere_is_counted_against_its_own_address(claire: Agent) -> None:
    there = Browser(address="203.0.113.9", name="Firefox sur Linux")
    options = passkey_proofs.options_to_sign_in()
    with pytest.raises(PasskeyRefused):
        passkey_proofs.identify(options.sealed, "{}", browser=there)
    assert told("passkey_refused")[0].address == "203.0.113.9"
