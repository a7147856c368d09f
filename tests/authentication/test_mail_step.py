"""A code by mail as a second step: two steps, no second factor, and never the weaker way of who has a better one."""

import datetime as dt
from collections.abc import Iterator

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication import queries
from convergences.authentication.errors import (
    MailNotOffered,
    PendingOver,
    ProofNeeded,
    TooManyAttempts,
    WrongCode,
    WrongSecondStep,
)
from convergences.authentication.models import Level, MailCode, Passkey, RememberedDevice, Session, Totp
from convergences.authentication.services import devices, fresh, housekeeping, mail_step, second_step, sessions, totp
from convergences.authentication.services.second_step import FactorProof
from convergences.directory.models import Agent, AgentState
from convergences.foundations import clock as house_clock
from convergences.foundations.models import OutboxMessage
from tests.authentication.doing import HERE, letters, told
from tests.authentication.mailing import allowed, mail_code_for
from tests.authentication.proving import opened, trusted, with_codes, with_totp
from tests.authentication.recovering_from import Clock, other_than
from tests.cast import Cast

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    """The operator allows it, unless a test says otherwise."""
    with allowed():
        yield


@pytest.fixture
def session(clock: Clock, cast: Cast) -> Session:
    """Claire, signed in by her password, who has nothing else."""
    return opened(cast.claire.agent)


def _finish(session: Session, code: str) -> Session:
    return mail_step.finish(session, code, browser=HERE).session


def _now(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def test_two_steps_and_no_second_factor(session: Session) -> None:
    before, uid = session.token_digest, session.uid
    done = mail_step.finish(session, mail_code_for(session), browser=HERE)
    after = _now(session)
    assert (after.uid, after.factors, after.level) == (uid, ["pwd", "mail"], Level.TWO_STEPS)
    assert (after.second_factor_at, after.remembered_device, done.device_token) == (None, None, "")
    assert after.token_digest != before
    assert sessions.find(done.token) == after


def test_it_is_written_in_the_journal(session: Session) -> None:
    code = mail_code_for(session)
    _finish(session, f" {code[:3]} {code[3:]} ")
    assert told("mail_code_sent")[0].details == {"session": str(session.uid)}
    assert told("stepped_up")[0].details == {
        "kind": "mail", "factors": ["pwd", "mail"], "session": str(session.uid)
    }  # fmt: skip


def test_the_code_goes_to_the_agent_alone_and_is_kept_nowhere(cast: Cast, session: Session) -> None:
    code = mail_code_for(session)
    assert [mail.recipient for mail in letters() if code in mail.text + mail.html] == [cast.claire.agent.email]
    kept = MailCode.objects.get().code_digest
    assert kept
    assert code not in kept
    assert all(code not in str(event.details) for event in AuditEvent.objects.all())
    assert all(code not in row.sealed_content for row in OutboxMessage.objects.all())


def test_unless_the_operator_allows_it_there_is_none(session: Session) -> None:
    code = mail_code_for(session)
    with allowed(on=False):
        for act in (
            lambda: mail_step.send_code(session, browser=HERE),
            lambda: _finish(session, code),
        ):
            with pytest.raises(MailNotOffered):
                act()
        assert not mail_step.is_offered(session)
    assert len(letters()) == 1
    assert _now(session).level == Level.ONE_FACTOR


@pytest.mark.parametrize("kind", ["totp", "passkey", "trusted device"])
def test_who_has_a_second_factor_is_never_offered_it(session: Session, kind: str) -> None:
    code = mail_code_for(session)
    agent = session.agent
    if kind == "passkey":
        Passkey.objects.create(agent=agent, name="Clé", credential_id="x", public_key=b"", created_at=house_clock.now())
    else:
        with_totp(agent)
    if kind == "trusted device":
        session.remembered_device = trusted(agent)[0]
        session.save()
    sent = len(letters())
    with pytest.raises(MailNotOffered):
        mail_step.send_code(session, browser=HERE)
    with pytest.raises(MailNotOffered):
        _finish(session, code)
    assert len(letters()) == sent
    assert _now(session).level == Level.ONE_FACTOR


def test_a_factor_added_between_the_code_and_the_session_wins(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, counted = mail_code_for(session), second_step.counted

    def slow(*args: object) -> FactorProof:
        proof = counted(*args)  # type: ignore[arg-type]
        with_totp(session.agent)
        return proof

    monkeypatch.setattr(second_step, "counted", slow)
    with pytest.raises(MailNotOffered):
        _finish(session, code)
    assert _now(session).level == Level.ONE_FACTOR


def test_the_code_of_another_session_of_the_same_agent_is_worth_nothing(session: Session) -> None:
    """The thief has the password and a session; the agent asks for a code in theirs, and is made to tell it."""
    thief = opened(session.agent)
    hers = mail_code_for(session)
    with pytest.raises(WrongCode):
        _finish(thief, hers)
    his = mail_code_for(thief)
    if his != hers:
        with pytest.raises(WrongSecondStep):
            _finish(thief, hers)
    assert _now(thief).level == Level.ONE_FACTOR
    assert _finish(session, hers)


def test_the_code_of_another_agent_is_worth_nothing(cast: Cast, session: Session) -> None:
    moussa = opened(cast.moussa.agent)
    hers, his = mail_code_for(session), mail_code_for(moussa)
    if hers != his:
        with pytest.raises(WrongSecondStep):
            _finish(moussa, hers)
    MailCode.objects.filter(session=moussa).update(code_digest=MailCode.objects.get(session=session).code_digest)
    with pytest.raises(WrongSecondStep):
        _finish(moussa, hers)


def test_a_code_serves_once(session: Session) -> None:
    code = mail_code_for(session)
    stale = _now(session)
    _finish(session, code)
    with pytest.raises(MailNotOffered):
        _finish(_now(session), code)
    with pytest.raises(WrongCode, match="déjà servi"):
        _finish(stale, code)


def test_a_session_that_ended_or_was_strengthened_meanwhile_is_not_opened_again(cast: Cast, session: Session) -> None:
    code = mail_code_for(session)
    Session.objects.filter(pk=session.pk).update(ended_at=house_clock.now())
    with pytest.raises(PendingOver):
        _finish(session, code)
    other = opened(cast.moussa.agent)
    code = mail_code_for(other)
    Agent.objects.filter(pk=other.agent_id).update(state=AgentState.SUSPENDED)
    with pytest.raises(PendingOver):
        _finish(other, code)


def test_a_code_lasts_ten_minutes_and_dies_with_the_next_one(session: Session, clock: Clock) -> None:
    first, second = mail_code_for(session), mail_code_for(session)
    if first != second:
        with pytest.raises(WrongSecondStep):
            _finish(session, first)
    clock.shift(dt.timedelta(minutes=10))
    with pytest.raises(WrongCode, match="expiré"):
        _finish(session, second)


def test_a_code_sent_to_the_mailbox_of_before_is_a_wrong_one(session: Session) -> None:
    code = mail_code_for(session)
    Agent.objects.filter(pk=session.agent_id).update(email="claire.autre@pantin.example")
    with pytest.raises(WrongSecondStep):
        _finish(session, code)


def test_five_codes_an_hour_whatever_the_session(session: Session, clock: Clock) -> None:
    for _ in range(5):
        mail_code_for(opened(session.agent))
    with pytest.raises(TooManyAttempts):
        mail_step.send_code(session, browser=HERE)
    clock.shift(dt.timedelta(hours=1))
    assert mail_code_for(opened(session.agent))


def test_five_tries_in_all_whatever_the_session(session: Session) -> None:
    stood = [opened(session.agent) for _ in range(5)]
    codes = [mail_code_for(one) for one in stood]
    for one, code in zip(stood, codes, strict=True):
        with pytest.raises((WrongSecondStep, TooManyAttempts)):
            _finish(one, other_than(code))
    with pytest.raises(TooManyAttempts):
        _finish(stood[0], codes[0])
    assert letters()[-1].kind == "authentication.second_step_blocked"


def test_one_code_takes_five_tries_even_when_delays_are_waited_for(session: Session) -> None:
    code = mail_code_for(session)
    MailCode.objects.update(code_tries=5)
    with pytest.raises(WrongCode, match="Trop d’essais"):
        _finish(session, code)


@pytest.mark.parametrize("typed", ["", "abcdef", "١٢٣٤٥٦", "0" * 5000, "12345\x006"])
def test_what_is_no_code_is_a_wrong_one(session: Session, typed: str) -> None:
    mail_code_for(session)
    with pytest.raises(WrongSecondStep):
        _finish(session, typed)


def test_without_asking_for_a_code_there_is_none_to_guess(session: Session) -> None:
    with pytest.raises(WrongCode):
        _finish(session, "")


def test_it_is_no_fresh_proof_to_change_the_ways_in(session: Session, clock: Clock) -> None:
    """A first factor asks for the password of five minutes ago; the mailbox does not stand for it."""
    clock.shift(dt.timedelta(minutes=6))
    done = _finish(session, mail_code_for(session))
    with pytest.raises(ProofNeeded):
        fresh.require(done, queries.methods_of(session.agent))
    with pytest.raises(ProofNeeded):
        totp.start(session.agent, "Voleur", session=done)


def test_no_device_is_trusted_for_it_even_when_that_is_asked(session: Session) -> None:
    done = second_step.complete(session, FactorProof("mail", session.agent_id), browser=HERE, remember=True)
    assert done.device_token == ""
    assert not RememberedDevice.objects.exists()
    assert devices.of(session.agent) == []


def test_a_real_factor_made_later_raises_the_session(session: Session) -> None:
    _finish(session, mail_code_for(session))
    second_step.complete(_now(session), FactorProof("totp", session.agent_id), browser=HERE)
    after = _now(session)
    assert (after.factors, after.level) == (["pwd", "otp", "mail", "mfa"], Level.TWO_FACTORS)


def test_who_has_lost_the_last_factor_has_no_recovery_codes_left_to_prefer(session: Session) -> None:
    with_totp(session.agent)
    with_codes(session.agent)
    assert not mail_step.is_offered(session)
    Totp.objects.update(removed_at=house_clock.now())
    assert mail_step.is_offered(session)


def test_old_codes_are_forgotten(session: Session, clock: Clock) -> None:
    mail_code_for(session)
    housekeeping.forget()
    assert MailCode.objects.exists()
    clock.shift(dt.timedelta(minutes=11))
    housekeeping.forget()
    assert not MailCode.objects.exists()
