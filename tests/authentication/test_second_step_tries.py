"""Standing before the second step: once, for ten minutes, with a handful of tries for all browsers together."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine

from convergences.audit.services import SYSTEM
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import (
    PendingOver,
    TooManyAttempts,
    WrongSecondStep,
)
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import passwords, second_step, sessions
from convergences.directory.models import AgentState
from tests.authentication.doing import HERE, NEW, letters, told
from tests.authentication.proving import WRONG, opened, pending, with_codes, with_totp
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, 5, tzinfo=dt.UTC)
ELSEWHERE = Browser(address="198.51.100.7", name="Firefox sur Linux")


def _at(moment: dt.datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=True)


def test_a_pending_of_another_agent_takes_that_agents_codes(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    with_totp(cast.lucie.agent)
    forged = replace(pending(cast.claire.agent), agent_id=cast.lucie.agent.pk)
    with pytest.raises(PendingOver):
        second_step.by_totp(forged, held.code(), browser=HERE)


def test_a_pending_serves_once(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    stood = pending(cast.claire.agent)
    second_step.by_totp(stood, held.code(), browser=HERE)
    with pytest.raises(PendingOver):
        second_step.by_totp(stood, held.code(later=1), browser=HERE)
    with pytest.raises(PendingOver):
        second_step.complete(stood, FactorProof("passkey", cast.claire.agent.pk), browser=HERE)


def test_a_pending_lasts_ten_minutes(cast: Cast) -> None:
    with _at(NOON):
        held = with_totp(cast.claire.agent)
        stood = pending(cast.claire.agent)
    with _at(NOON + dt.timedelta(minutes=10, seconds=5)), pytest.raises(PendingOver):
        second_step.by_totp(stood, held.code(), browser=HERE)
    with _at(NOON - dt.timedelta(minutes=1)), pytest.raises(PendingOver):
        second_step.resolve(stood)


def test_a_pending_falls_with_the_password(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    stood = pending(cast.claire.agent)
    passwords.change(cast.claire.agent, PASSWORD, NEW, actor=SYSTEM, session=None)
    with pytest.raises(PendingOver):
        second_step.by_totp(stood, held.code(), browser=HERE)


@pytest.mark.parametrize("state", [AgentState.SUSPENDED, AgentState.DELETED])
def test_a_pending_falls_with_the_account(cast: Cast, state: AgentState) -> None:
    held = with_totp(cast.claire.agent)
    stood = pending(cast.claire.agent)
    cast.claire.agent.state = state
    cast.claire.agent.save()
    with pytest.raises(PendingOver):
        second_step.by_totp(stood, held.code(), browser=HERE)


def test_a_pending_falls_when_everything_is_closed_or_signed_out(cast: Cast) -> None:
    agent = cast.claire.agent
    held, session = with_totp(agent), opened(agent)
    stood = pending(agent)
    sessions.end(session, reason="signed_out", actor=acting(agent, HERE))
    with pytest.raises(PendingOver):
        second_step.by_totp(stood, held.code(), browser=HERE)


def test_a_refused_pending_counts_no_try(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    over = replace(pending(cast.claire.agent), at=NOON)
    for _ in range(10):
        with pytest.raises(PendingOver):
            second_step.by_totp(over, WRONG, browser=HERE)
    second_step.by_totp(pending(cast.claire.agent), held.code(), browser=HERE)


def test_five_wrong_codes_suspend_the_step_everywhere_and_for_every_kind(cast: Cast) -> None:
    agent = cast.claire.agent
    held, codes = with_totp(agent), with_codes(agent)
    session = opened(agent)
    for who in (pending(agent), pending(agent), session):
        with pytest.raises(WrongSecondStep):
            second_step.by_totp(who, WRONG, browser=ELSEWHERE)
    with pytest.raises(WrongSecondStep):
        second_step.by_recovery_code(pending(agent), "AAAA-AAAA", browser=HERE)
    with pytest.raises(TooManyAttempts):
        second_step.by_totp(pending(agent), WRONG, browser=HERE)
    for browser in (HERE, ELSEWHERE):
        with pytest.raises(TooManyAttempts):
            second_step.by_totp(pending(agent), held.code(), browser=browser)
    with pytest.raises(TooManyAttempts):
        second_step.by_recovery_code(session, codes[0], browser=HERE)


def test_signing_in_again_does_not_give_tries_back(cast: Cast) -> None:
    agent = cast.claire.agent
    with_totp(agent)
    refusals = []
    for _ in range(8):
        stood = pending(agent)
        with pytest.raises((WrongSecondStep, TooManyAttempts)) as refused:
            second_step.by_totp(stood, WRONG, browser=HERE)
        refusals.append(refused.type)
    assert refusals == [WrongSecondStep] * 4 + [TooManyAttempts] * 4


def test_no_more_than_twenty_five_tries_a_day(cast: Cast) -> None:
    with _at(NOON):
        with_totp(cast.claire.agent)
    tried, moment = 0, NOON
    while moment < NOON + dt.timedelta(hours=23):
        with _at(moment), pytest.raises((WrongSecondStep, TooManyAttempts)):
            second_step.by_totp(opened(cast.claire.agent), WRONG, browser=HERE)
        moment += dt.timedelta(minutes=30)
        tried = len(told("second_step_failed")) + len(told("second_step_blocked"))
    assert 5 < tried <= 25


def test_a_passkey_passes_where_codes_are_suspended(cast: Cast) -> None:
    agent = cast.claire.agent
    with_totp(agent)
    for _ in range(5):
        with pytest.raises((WrongSecondStep, TooManyAttempts)):
            second_step.by_totp(pending(agent), WRONG, browser=HERE)
    done = second_step.complete(pending(agent), FactorProof("passkey", agent.pk), browser=HERE)
    assert sessions.find(done.token) is not None


def test_the_agent_is_told_once_a_day_that_somebody_has_the_password(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    for minutes in range(0, 60, 10):
        with time_machine.travel(NOON + dt.timedelta(minutes=minutes)):
            for _ in range(5):
                with pytest.raises((WrongSecondStep, TooManyAttempts)):
                    second_step.by_totp(opened(cast.claire.agent), WRONG, browser=ELSEWHERE)
    sent = [letter for letter in letters() if letter.kind == "authentication.second_step_blocked"]
    assert [letter.recipient for letter in sent] == [cast.claire.agent.email]
    assert "Firefox sur Linux" in sent[0].text
