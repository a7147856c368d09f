"""The second step: nothing opens before it, nothing goes around it, and it says what happened, never more."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication import queries
from convergences.authentication.browsers import Browser
from convergences.authentication.errors import (
    PendingOver,
    TooManyAttempts,
    WrongCurrentPassword,
)
from convergences.authentication.models import Level, Session
from convergences.authentication.proofs import FactorKind, FactorProof
from convergences.authentication.services import fresh, second_step, sessions
from convergences.authentication.services.sign_in import Attempt, SecondStepNeeded, sign_in
from convergences.directory.models import AgentState
from tests.authentication.doing import HERE, told
from tests.authentication.proving import opened, pending, typed_password, with_codes, with_totp
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
