"""Finishing a recovery: by the password and the code of one mailbox, and what a thief who waits meets on the way."""

import datetime as dt

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication import queries
from convergences.authentication.errors import (
    PendingOver,
    TooManyAttempts,
    WrongCode,
    WrongSecondStep,
)
from convergences.authentication.models import Level, Recovery, Totp
from convergences.authentication.recovery_errors import NoRecovery
from convergences.authentication.services import (
    passwords,
    recoveries,
    recovering,
    second_step,
    totp,
)
from convergences.directory.models import Agent, AgentState, Membership, Profile
from convergences.foundations import clock as house_clock
from convergences.foundations.models import OutboxMessage
from tests.authentication.doing import HERE, NEW, letters, told
from tests.authentication.proving import Held, pending, typed_password, with_totp
from tests.authentication.proving import opened as session_of
from tests.authentication.recovering_from import (
    DELAY,
    Clock,
    by,
    code_for,
    come_back,
    other_than,
    start,
    to,
    token_of,
)
from tests.cast import Cast, set_password

pytestmark = pytest.mark.database


def _standing(cast: Cast) -> Recovery | None:
    return recoveries.under_way(Agent.objects.get(pk=cast.claire.agent_id))


def test_it_opens_a_session_worth_the_password_and_nothing_more(cast: Cast, recovery: Recovery) -> None:
    done = come_back(cast.claire.agent)
    assert (done.session.factors, done.session.level) == (["pwd"], Level.ONE_FACTOR)
    assert done.session.second_factor_at is None
    assert done.device_token == ""


def test_a_seed_that_somebody_began_to_take_is_worth_nothing_after_it(cast: Cast, recovery: Recovery) -> None:
    agent = cast.claire.agent
    started = totp.start(agent, "Autre", session=session_of(agent, "pwd", "otp"))
    come_back(agent)
    assert not Totp.objects.filter(pk=started.totp.pk).exists()


def test_the_agent_and_the_others_are_told_that_somebody_came_back(cast: Cast, recovery: Recovery) -> None:
    come_back(cast.claire.agent)
    mail = to(cast.claire.agent)[-1]
    assert mail.kind == "authentication.recovery_finished"
    assert "servent encore" in mail.text
    assert token_of(mail)
    assert "avec son mot de passe et un code envoyé à son adresse" in to(cast.moussa.agent)[-1].html
    (event,) = told("recovery_proved")
    assert (event.actor_id, event.organization_id) == (cast.claire.agent_id, cast.pantin.pk)


def test_the_code_goes_to_the_agent_alone_and_is_kept_nowhere(cast: Cast, recovery: Recovery) -> None:
    code = code_for(cast.claire.agent)
    assert [mail.recipient for mail in letters() if code in mail.text + mail.html] == [cast.claire.agent.email]
    recovery.refresh_from_db()
    assert recovery.code_digest
    assert code not in recovery.code_digest
    assert all(code not in str(event.details) for event in AuditEvent.objects.all())
    assert all(code not in row.sealed_content for row in OutboxMessage.objects.all())


def test_a_wrong_code_is_counted_and_opens_nothing(cast: Cast, recovery: Recovery) -> None:
    code = code_for(cast.claire.agent)
    with pytest.raises(WrongSecondStep) as refused:
        come_back(cast.claire.agent, other_than(code))
    assert refused.value.remaining == 4
    assert come_back(cast.claire.agent, f" {code[:3]} {code[3:]}")


def test_five_tries_in_all_from_wherever(cast: Cast, recovery: Recovery, lost: Held) -> None:
    code = code_for(cast.claire.agent)
    for _ in range(2):
        with pytest.raises(WrongSecondStep):
            second_step.by_totp(pending(cast.claire.agent), "000000", browser=HERE)
    for refusal in (WrongSecondStep, WrongSecondStep, TooManyAttempts, TooManyAttempts):
        with pytest.raises(refusal):
            come_back(cast.claire.agent, other_than(code))
    with pytest.raises(TooManyAttempts):
        come_back(cast.claire.agent, code)


def test_one_code_takes_five_tries_even_when_delays_are_waited_for(
    cast: Cast, recovery: Recovery, clock: Clock
) -> None:
    code = code_for(cast.claire.agent)
    for minutes in (0, 0, 0, 0, 0):
        clock.shift(dt.timedelta(minutes=minutes))
        with pytest.raises((WrongSecondStep, TooManyAttempts)):
            come_back(cast.claire.agent, other_than(code))
    clock.shift(dt.timedelta(minutes=3))
    with pytest.raises(WrongCode, match="Trop d’essais"):
        come_back(cast.claire.agent, code)
    clock.shift(dt.timedelta(hours=3))
    assert come_back(cast.claire.agent)


@pytest.mark.parametrize("typed", ["", "abcdef", "١٢٣٤٥٦", "0" * 5000, "12345\x006"])
def test_what_is_no_code_is_a_wrong_one(cast: Cast, recovery: Recovery, typed: str) -> None:
    code_for(cast.claire.agent)
    with pytest.raises(WrongSecondStep):
        recovering.come_back(pending(cast.claire.agent), typed, browser=HERE)


def test_without_asking_for_a_code_there_is_none_to_guess(cast: Cast, recovery: Recovery) -> None:
    with pytest.raises(WrongCode):
        recovering.come_back(pending(cast.claire.agent), "", browser=HERE)


def test_a_code_lasts_thirty_minutes_and_dies_with_the_next_one(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    first = code_for(cast.claire.agent)
    second = code_for(cast.claire.agent)
    if first != second:
        with pytest.raises(WrongSecondStep):
            come_back(cast.claire.agent, first)
    clock.shift(dt.timedelta(minutes=30))
    with pytest.raises(WrongCode, match="expiré"):
        come_back(cast.claire.agent, second)


def test_a_few_codes_an_hour(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    for _ in range(5):
        code_for(cast.claire.agent)
    with pytest.raises(TooManyAttempts):
        code_for(cast.claire.agent)
    clock.shift(dt.timedelta(hours=1))
    assert code_for(cast.claire.agent)


def test_a_code_serves_once(cast: Cast, recovery: Recovery) -> None:
    code = code_for(cast.claire.agent)
    stood = pending(cast.claire.agent)
    come_back(cast.claire.agent, code)
    with pytest.raises((PendingOver, NoRecovery)):
        recovering.come_back(stood, code, browser=HERE)
    assert len(told("recovery_proved")) == 1


def test_the_code_of_another_agent_opens_nothing(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    moussa = cast.moussa.agent
    with_totp(moussa)
    clock.shift(dt.timedelta(seconds=1))
    start(cast.moussa, cast.julien)
    clock.shift(DELAY)
    hers = code_for(cast.claire.agent)
    his = code_for(moussa)
    if hers != his:
        with pytest.raises(WrongSecondStep):
            come_back(moussa, hers)
    assert queries.has_second_factor(moussa.pk)
    assert come_back(moussa, his).session.agent == moussa


def test_none_was_asked(cast: Cast, lost: Held) -> None:
    waiting = pending(cast.claire.agent)
    for act in (
        lambda: recovering.send_code(waiting, browser=HERE),
        lambda: recovering.come_back(waiting, "1", browser=HERE),
    ):
        with pytest.raises(NoRecovery):
            act()
    assert to(cast.claire.agent) == []


def test_a_pending_sign_in_that_is_over_finishes_nothing(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    waiting = pending(cast.claire.agent)
    code = code_for(cast.claire.agent, waiting)
    clock.shift(dt.timedelta(minutes=10))
    with pytest.raises(PendingOver):
        recovering.come_back(waiting, code, browser=HERE)


def test_a_password_chosen_meanwhile_ends_it(cast: Cast, recovery: Recovery) -> None:
    """Who holds the mailbox alone resets the password: the code would come to the same mailbox."""
    code_for(cast.claire.agent)
    set_password(cast.claire.agent, NEW)
    assert _standing(cast) is None
    answer = typed_password(cast.claire.agent, NEW)
    with pytest.raises(NoRecovery):
        recovering.send_code(answer.pending, browser=HERE)  # type: ignore[union-attr]


def test_another_address_ends_it(cast: Cast, recovery: Recovery) -> None:
    Agent.objects.filter(pk=cast.claire.agent_id).update(email="voleuse@pantin.example")
    assert _standing(cast) is None


@pytest.mark.parametrize(
    "change", ["closed", "suspended", "ended", "asleep", "promoted", "starter left", "starter gone"]
)
def test_what_changes_in_between_ends_it(cast: Cast, recovery: Recovery, change: str) -> None:
    now, yesterday = house_clock.now(), house_clock.today() - dt.timedelta(days=1)
    hers, nadia = Membership.objects.filter(pk=cast.claire.pk), Membership.objects.filter(pk=cast.nadia.pk)
    {
        "closed": lambda: hers.update(closed_at=now),
        "suspended": lambda: hers.update(suspended_at=now),
        "ended": lambda: hers.update(ends_on=yesterday),
        "asleep": lambda: Agent.objects.filter(pk=cast.claire.agent_id).update(state=AgentState.SUSPENDED),
        "promoted": lambda: hers.update(profile=Profile.REFERENT),
        "starter left": lambda: nadia.update(closed_at=now),
        "starter gone": lambda: Agent.objects.filter(pk=cast.nadia.agent_id).update(state=AgentState.SUSPENDED),
    }[change]()
    assert _standing(cast) is None


def test_a_transferred_agent_is_not_recovered_by_the_employer_of_before(cast: Cast, recovery: Recovery) -> None:
    Membership.objects.filter(pk=cast.claire.pk).update(organization=cast.romainville)
    assert _standing(cast) is None


def test_a_recovery_started_again_takes_no_code_of_before(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    code = code_for(cast.claire.agent)
    recoveries.cancel(cast.claire, actor=by(cast.moussa.agent))
    start(cast.claire, cast.nadia)
    clock.shift(DELAY)
    with pytest.raises(WrongCode):
        come_back(cast.claire.agent, code)


def test_once_cancelled_the_code_that_was_sent_is_dead(cast: Cast, recovery: Recovery) -> None:
    code = code_for(cast.claire.agent)
    recoveries.cancel(cast.claire, actor=by(cast.moussa.agent))
    with pytest.raises(NoRecovery):
        come_back(cast.claire.agent, code)


def test_a_suspended_agent_finishes_nothing(cast: Cast, recovery: Recovery) -> None:
    waiting = pending(cast.claire.agent)
    code = code_for(cast.claire.agent, waiting)
    Agent.objects.filter(pk=cast.claire.agent_id).update(state=AgentState.SUSPENDED)
    with pytest.raises(PendingOver):
        recovering.come_back(waiting, code, browser=HERE)
    assert passwords.check(cast.claire.agent, "Quatre tracteurs bleus 93")
