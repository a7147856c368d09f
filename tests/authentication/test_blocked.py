"""Who reads the mailbox contests the only means of an account that has just been protected: it must not open for that.

« Ce n'est pas moi » and a reset are both the mailbox's. What they leave is an account of a password, whose second step
nobody sets up before somebody has answered for the agent (ASVS 5.0, 6.4.4; NIST SP 800-63B-4, 4.2).
"""

import datetime as dt

import pytest

from convergences.admission.decisions import StepUp
from convergences.admission.services import decide_for_managing
from convergences.authentication import queries
from convergences.authentication.errors import PendingOver, ProofNeeded, WrongCurrentPassword
from convergences.authentication.models import Passkey, Recovery, Session, Totp
from convergences.authentication.recovery_errors import PasswordFirst
from convergences.authentication.services import (
    changes,
    factors,
    housekeeping,
    mail_step,
    passkeys,
    recoveries,
    recovering,
    second_step,
    totp,
)
from convergences.authentication.services.sign_in import SignedIn
from convergences.directory.models import Agent
from convergences.foundations import clock as now
from tests.authentication.doing import HERE, NEW, letters
from tests.authentication.mailing import allowed
from tests.authentication.passkeying import enrol, session_of
from tests.authentication.proving import Held, opened, typed_password, with_codes, with_totp
from tests.authentication.recovering_from import DELAY, Clock, by, renew, start, token_of
from tests.cast import PASSWORD, Cast, set_password

pytestmark = pytest.mark.database


def contest(number: int = -1) -> None:
    """Say « Ce n'est pas moi » by one of the mails that told a change."""
    mails = [mail for mail in letters() if mail.kind == "authentication.security_change"]
    changes.contest(token_of(mails[number]), browser=HERE)


@pytest.fixture
def blocked(cast: Cast, clock: Clock) -> Agent:
    """Claire protected her account; a thief who reads her mailbox contested that, and chose the password."""
    with_totp(cast.claire.agent)
    with_codes(cast.claire.agent)
    contest(0)
    clock.shift(dt.timedelta(minutes=1))
    set_password(cast.claire.agent, NEW)
    clock.shift(dt.timedelta(minutes=1))
    return cast.claire.agent


def signed_in(agent: Agent) -> Session:
    """Sign in by the password of the reset: it is enough, and worth no more."""
    answer = typed_password(agent, NEW)
    assert isinstance(answer, SignedIn)
    return answer.session


def test_the_mailbox_and_its_password_set_no_means_up(blocked: Agent) -> None:
    session = signed_in(blocked)
    assert (session.level, session.second_factor_at) == ("eidas1", None)
    with pytest.raises(ProofNeeded):
        totp.start(blocked, "Voleur", session=session)
    with pytest.raises(ProofNeeded):
        passkeys.options_to_add(blocked, session)
    assert (queries.methods_of(blocked).blocked, queries.methods_of(blocked).codes_left) == (True, 0)


def test_a_means_begun_before_the_contest_is_not_confirmed_after_it(cast: Cast) -> None:
    """Its seed is the thief's already; a session that is fresh by the password would have been enough."""
    with_totp(cast.claire.agent)
    begun = totp.start(cast.claire.agent, "Voleur", session=opened(cast.claire.agent, "pwd", "otp"))
    contest()
    session = opened(cast.claire.agent)
    code = Held(begun.totp, begun.secret).code()
    with pytest.raises(ProofNeeded):
        totp.confirm(cast.claire.agent, begun.totp.uid, code, session=session, actor=by(cast.claire.agent))


def test_nobody_is_let_in_by_waiting(blocked: Agent, clock: Clock) -> None:
    clock.shift(dt.timedelta(days=400))
    housekeeping.forget()
    with pytest.raises(ProofNeeded):
        totp.start(blocked, "Voleur", session=signed_in(blocked))


def test_no_grace_comes_back_to_who_manages(cast: Cast) -> None:
    enrol(cast.nadia.agent)
    contest()
    session = opened(cast.nadia.agent)
    assert isinstance(decide_for_managing(session, since=now.now()), StepUp)


def test_no_code_by_mail_stands_for_what_the_mailbox_froze(blocked: Agent, cast: Cast) -> None:
    with allowed():
        assert mail_step.is_offered(opened(cast.lucie.agent))
        assert not mail_step.is_offered(signed_in(blocked))


def test_the_mailbox_gives_nothing_that_was_lost_back(cast: Cast) -> None:
    """A stolen telephone reads the mailbox, and holds the application that Claire has just removed."""
    lost = with_totp(cast.claire.agent)
    kept, _key = enrol(cast.claire.agent, session=session_of(cast.claire.agent))
    factors.remove(cast.claire.agent, lost.totp.uid, session=session_of(cast.claire.agent), actor=by(cast.claire.agent))
    contest()
    methods = queries.methods_of(cast.claire.agent)
    assert (methods.totps, methods.passkeys, methods.blocked) == ([], [kept], False)


def test_a_removed_last_means_that_is_contested_blocks_and_one_that_is_not_does_not(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    session = opened(cast.claire.agent, "pwd", "otp")
    factors.remove(cast.claire.agent, held.totp.uid, session=session, actor=by(cast.claire.agent))
    assert not queries.methods_of(cast.claire.agent).blocked
    contest()
    assert queries.methods_of(cast.claire.agent).blocked


def test_who_removes_the_last_means_by_it_is_not_stopped_by_an_older_frozen_one(cast: Cast) -> None:
    agent = cast.claire.agent
    held = with_totp(agent)
    enrol(agent, session=session_of(agent))
    contest()
    assert Passkey.objects.get().frozen_at is not None
    set_password(agent)
    factors.remove(agent, held.totp.uid, session=opened(agent, "pwd", "otp"), actor=by(agent))
    assert totp.start(agent, "Nouveau", session=opened(agent))


def come_back(agent: Agent) -> SignedIn:
    """Type the password in the session, then the code of the mail."""
    waiting = second_step.stand_again(signed_in(agent), NEW)
    recovering.send_code(waiting, browser=HERE)
    return recovering.come_back(waiting, letters()[-1].code, browser=HERE)


def test_who_is_answered_for_sets_a_means_up_and_the_block_ends(blocked: Agent, cast: Cast, clock: Clock) -> None:
    start(cast.claire, cast.nadia)
    clock.shift(DELAY)
    kept = renew(come_back(blocked))
    methods = queries.methods_of(blocked)
    assert ([each.pk for each in methods.totps], methods.blocked) == ([kept.totp.pk], False)
    assert Recovery.objects.get().finished_at is not None
    assert not Totp.objects.filter(frozen_at__isnull=False, removed_at__isnull=True).exists()


def test_a_recovery_is_not_started_to_be_ended_by_the_password_to_come(cast: Cast) -> None:
    """Who calls at once, before the link of the reset, would have waited a day for nothing."""
    with_totp(cast.claire.agent)
    contest()
    with pytest.raises(PasswordFirst):
        start(cast.claire, cast.nadia)
    assert not Recovery.objects.exists()
    set_password(cast.claire.agent, NEW)
    assert start(cast.claire, cast.nadia)


def test_another_reset_by_the_mailbox_ends_what_the_referent_started(blocked: Agent, cast: Cast, clock: Clock) -> None:
    start(cast.claire, cast.nadia)
    clock.shift(DELAY)
    set_password(blocked, PASSWORD)
    assert recoveries.under_way(blocked) is None


def test_the_password_is_asked_again_and_its_pending_falls_with_it(blocked: Agent, cast: Cast, clock: Clock) -> None:
    start(cast.claire, cast.nadia)
    clock.shift(DELAY)
    session = signed_in(blocked)
    with pytest.raises(WrongCurrentPassword):
        second_step.stand_again(session, PASSWORD)
    waiting = second_step.stand_again(session, NEW)
    set_password(blocked, PASSWORD)
    with pytest.raises(PendingOver):
        recovering.send_code(waiting, browser=HERE)


def test_a_copied_key_that_was_alone_blocks_too(cast: Cast) -> None:
    enrol(cast.claire.agent)
    Passkey.objects.update(frozen_at=now.now())
    set_password(cast.claire.agent)
    with pytest.raises(ProofNeeded):
        totp.start(cast.claire.agent, "Voleur", session=opened(cast.claire.agent))
