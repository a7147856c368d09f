"""The second step: nothing opens before it, nothing goes around it, and it says what happened, never more."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication import queries
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import (
    PendingOver,
    TooManyAttempts,
    WrongCurrentPassword,
    WrongSecondStep,
)
from convergences.authentication.models import Level, Session
from convergences.authentication.proofs import FactorKind, FactorProof
from convergences.authentication.services import fresh, passwords, second_step, sessions
from convergences.authentication.services.sign_in import Attempt, SecondStepNeeded, sign_in
from convergences.directory.models import AgentState
from tests.authentication.doing import HERE, NEW, letters, told
from tests.authentication.proving import WRONG, opened, pending, typed_password, with_codes, with_totp
from tests.cast import PASSWORD, Cast, set_password

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, 5, tzinfo=dt.UTC)
ELSEWHERE = Browser(address="198.51.100.7", name="Firefox sur Linux")


def _at(moment: dt.datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=True)


def test_a_right_password_opens_nothing_before_the_second_step(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    before = Session.objects.count()
    answer = typed_password(cast.claire.agent)
    assert isinstance(answer, SecondStepNeeded)
    assert answer.methods.any
    assert Session.objects.count() == before
    assert not AuditEvent.objects.filter(action="authentication.signed_in").exists()
    assert told("second_step_asked")


def test_the_session_of_before_does_not_outlive_a_right_password(cast: Cast) -> None:
    """A token planted in the browser opens nothing once the agent has typed their password there (ASVS 7.2.4)."""
    with_totp(cast.claire.agent)
    planted, token = sessions.open_session(cast.karim.agent, factors=("pwd",), browser=ELSEWHERE)
    sign_in(Attempt(cast.claire.agent.email or "", PASSWORD, HERE), previous_session=planted)
    assert sessions.find(token) is None


@pytest.mark.parametrize(
    ("kind", "factors", "level"),
    [
        ("totp", ["pwd", "otp", "mfa"], Level.TWO_FACTORS),
        ("passkey", ["pwd", "pop", "mfa"], Level.TWO_FACTORS),
        ("passkey_unverified", ["pwd", "pop", "mfa"], Level.TWO_STEPS),
        ("recovery_code", ["pwd", "otp"], Level.TWO_STEPS),
        ("mail", ["pwd", "mail"], Level.TWO_STEPS),
    ],
)
def test_a_session_says_what_happened_and_no_more(
    cast: Cast, kind: FactorKind, factors: list[str], level: Level
) -> None:
    agent = cast.claire.agent
    with_totp(agent)
    done = second_step.complete(pending(agent), FactorProof(kind, agent.pk), browser=HERE)
    session = Session.objects.get(pk=done.session.pk)
    assert (session.factors, session.level) == (factors, level)
    assert (session.second_factor_at is not None) == (kind != "mail")
    assert session.password_at is not None


@pytest.mark.parametrize("kind", ["totp", "passkey", "passkey_unverified", "recovery_code", "mail"])
def test_a_session_that_rises_never_falls(cast: Cast, kind: FactorKind) -> None:
    agent = cast.claire.agent
    session = opened(agent)
    best = second_step.complete(session, FactorProof("totp", agent.pk), browser=HERE).session
    then = second_step.complete(best, FactorProof(kind, agent.pk), browser=HERE).session
    assert then.level == Level.TWO_FACTORS
    assert {"pwd", "otp", "mfa"} <= set(then.factors)


def test_a_mail_code_does_not_make_an_older_second_factor_fresh(cast: Cast) -> None:
    agent = cast.claire.agent
    session = opened(agent, "pwd", "otp")
    long_ago = session.authenticated_at - dt.timedelta(hours=1)
    Session.objects.filter(pk=session.pk).update(second_factor_at=long_ago)
    second_step.complete(session, FactorProof("mail", agent.pk), browser=HERE)
    assert Session.objects.get(pk=session.pk).second_factor_at == long_ago


def test_no_proof_of_one_agent_serves_another(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    lucies = FactorProof("totp", cast.lucie.agent.pk)
    for who in (pending(cast.claire.agent), opened(cast.claire.agent)):
        with pytest.raises(PendingOver):
            second_step.complete(who, lucies, browser=HERE)


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


def test_the_token_of_before_a_step_up_is_dead_and_the_session_goes_on(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    before, token = sessions.open_session(cast.claire.agent, factors=("pwd",), browser=HERE)
    done = second_step.by_totp(before, held.code(), browser=HERE)
    assert sessions.find(token) is None
    after = sessions.find(done.token)
    assert after is not None
    assert (after.uid, after.authenticated_at, after.expires_at) == (
        before.uid,
        before.authenticated_at,
        before.expires_at,
    )
    assert told("stepped_up")[0].details["kind"] == "totp"


def test_a_copy_of_a_session_read_before_a_step_up_steps_up_no_more(cast: Cast) -> None:
    agent = cast.claire.agent
    session = opened(agent)
    stale = Session.objects.select_related("agent").get(pk=session.pk)
    second_step.complete(session, FactorProof("totp", agent.pk), browser=HERE)
    with pytest.raises(PendingOver):
        second_step.complete(stale, FactorProof("totp", agent.pk), browser=ELSEWHERE)


@pytest.mark.parametrize("reason", ["signed_out", "change_contested"])
def test_an_ended_session_is_not_woken_by_a_step_up(cast: Cast, reason: str) -> None:
    agent = cast.claire.agent
    session = opened(agent)
    sessions.end(session, reason=reason, actor=SYSTEM)
    with pytest.raises(PendingOver):
        second_step.complete(session, FactorProof("totp", agent.pk), browser=HERE)


def test_a_session_of_an_agent_put_to_sleep_does_not_rise(cast: Cast) -> None:
    agent = cast.claire.agent
    session = opened(agent)
    agent.state = AgentState.SUSPENDED
    agent.save()
    with pytest.raises(PendingOver):
        second_step.complete(session, FactorProof("passkey", agent.pk), browser=HERE)


@pytest.mark.parametrize("kind", ["totp", "passkey_unverified", "recovery_code", "mail"])
def test_only_a_passkey_that_asked_its_holder_is_a_whole_sign_in(cast: Cast, kind: FactorKind) -> None:
    agent = cast.claire.agent
    with pytest.raises(PendingOver):
        second_step.sign_in_with_passkey(FactorProof(kind, agent.pk), browser=HERE)
    done = second_step.sign_in_with_passkey(FactorProof("passkey", agent.pk), browser=HERE)
    assert (done.session.factors, done.session.level) == (["pop", "mfa"], Level.TWO_FACTORS)
    assert done.session.password_at is None


def test_a_passkey_alone_does_not_wake_an_account(cast: Cast) -> None:
    agent = cast.claire.agent
    agent.state = AgentState.SUSPENDED
    agent.save()
    with pytest.raises(PendingOver):
        second_step.sign_in_with_passkey(FactorProof("passkey", agent.pk), browser=HERE)


def test_typing_the_password_again_makes_it_fresh_under_a_new_token(cast: Cast) -> None:
    agent = cast.claire.agent
    set_password(agent)
    with _at(NOON):
        session, token = sessions.open_session(agent, factors=("pwd",), browser=HERE)
    with _at(NOON + dt.timedelta(minutes=30)):
        methods = queries.methods_of(agent)
        assert not fresh.is_fresh(session, methods, NOON + dt.timedelta(minutes=30))
        done = second_step.confirm_password(session, PASSWORD, browser=HERE)
        fresh.require(done.session, methods)
        assert sessions.find(token) is None
        assert sessions.find(done.token) is not None


def test_a_session_left_open_does_not_serve_to_guess_the_password(cast: Cast) -> None:
    set_password(cast.claire.agent)
    session = opened(cast.claire.agent)
    for _ in range(4):
        with pytest.raises(WrongCurrentPassword):
            second_step.confirm_password(session, "Faux mot de passe 2026", browser=HERE)
    for password in ("Faux mot de passe 2026", PASSWORD):
        with pytest.raises(TooManyAttempts):
            second_step.confirm_password(session, password, browser=HERE)


def test_without_a_factor_a_sign_in_costs_one_query_more_than_the_password(cast: Cast) -> None:
    set_password(cast.claire.agent)
    typed_password(cast.claire.agent)
    with CaptureQueriesContext(connection) as captured:
        typed_password(cast.claire.agent)
    asked = [query["sql"] for query in captured if "totp" in query["sql"] or "passkey" in query["sql"]]
    assert len(asked) == 1
    assert not [query for query in captured if "recoverycode" in query["sql"] or "remembereddevice" in query["sql"]]


def test_what_an_agent_can_go_on_with_is_three_queries(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    with_codes(cast.claire.agent)
    with CaptureQueriesContext(connection) as captured:
        methods = queries.methods_of(cast.claire.agent)
    assert len(captured) == 3
    assert (len(methods.totps), methods.codes_left, methods.any) == (1, 10, True)
