"""Between the code of a recovery and the first new means: who knows the password alone gains nothing by being quick."""

import datetime as dt

import pytest

from convergences.authentication import queries
from convergences.authentication.errors import PendingOver, ProofNeeded, TooManyFactors
from convergences.authentication.models import Recovery, RememberedDevice, Session, Totp
from convergences.authentication.recovery_errors import NoRecovery
from convergences.authentication.services import (
    changes,
    factors,
    passkeys,
    recoveries,
    recovery_codes,
    second_step,
    totp,
)
from convergences.authentication.services.sign_in import SecondStepNeeded
from tests.authentication.doing import HERE, NEW, letters, told
from tests.authentication.proving import Held, pending, trusted, typed_password
from tests.authentication.proving import opened as session_of
from tests.authentication.recovering_from import Clock, by, come_back, renew, to, token_of
from tests.cast import Cast, set_password

pytestmark = pytest.mark.database


def test_until_a_new_means_is_there_the_password_alone_meets_the_old_ones(cast: Cast, recovery: Recovery) -> None:
    come_back(cast.claire.agent)
    answer = typed_password(cast.claire.agent)
    assert isinstance(answer, SecondStepNeeded)
    assert [each.name for each in answer.methods.totps] == ["Téléphone"]


def test_the_new_means_puts_every_other_away_and_the_rest_ends(cast: Cast, recovery: Recovery) -> None:
    agent = cast.claire.agent
    trusted(agent)
    done = come_back(agent)
    other, waiting = session_of(agent), pending(agent)
    renew(done)
    assert [each.name for each in queries.methods_of(agent).totps] == ["Nouveau"]
    assert recovery_codes.left(agent) == 0
    assert not RememberedDevice.objects.filter(ended_at=None).exists()
    other.refresh_from_db()
    assert other.end_reason == "recovered"
    assert list(Session.objects.filter(ended_at=None)) == [done.session]
    with pytest.raises(PendingOver):
        second_step.resolve(waiting)
    assert len(told("recovery_finished")) == 1


def test_no_other_session_adds_a_means(cast: Cast, recovery: Recovery) -> None:
    """The attack: a session of the password, in a trusted device, at the very moment."""
    come_back(cast.claire.agent)
    with pytest.raises(ProofNeeded):
        totp.start(cast.claire.agent, "Voleur", session=session_of(cast.claire.agent))
    with pytest.raises(ProofNeeded):
        passkeys.options_to_add(cast.claire.agent, session_of(cast.claire.agent))


def test_a_session_left_open_adds_nothing_half_an_hour_later(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    done = come_back(cast.claire.agent)
    started = totp.start(cast.claire.agent, "Nouveau", session=done.session)
    clock.shift(dt.timedelta(minutes=30, seconds=1))
    code = Held(started.totp, started.secret).code()
    with pytest.raises(ProofNeeded):
        totp.confirm(cast.claire.agent, started.totp.uid, code, session=done.session, actor=by(cast.claire.agent))
    assert renew(come_back(cast.claire.agent))


def test_coming_back_adds_and_does_nothing_else(cast: Cast, recovery: Recovery, lost: Held) -> None:
    session, agent = come_back(cast.claire.agent).session, cast.claire.agent
    with pytest.raises(ProofNeeded):
        factors.remove(agent, lost.totp.uid, session=session, actor=by(agent))
    with pytest.raises(ProofNeeded):
        recovery_codes.make(agent, session=session, actor=by(agent))


def test_one_place_at_a_time(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    first = come_back(cast.claire.agent).session
    clock.shift(dt.timedelta(seconds=1))
    second = come_back(cast.claire.agent)
    first.refresh_from_db()
    assert first.ended_at is not None
    with pytest.raises(ProofNeeded):
        totp.start(cast.claire.agent, "Voleur", session=first)
    assert renew(second)


def test_it_adds_one_means_and_the_next_asks_for_that_one(cast: Cast, recovery: Recovery) -> None:
    """Two pages at once: the second finds the recovery finished."""
    done = come_back(cast.claire.agent)
    renew(done)
    with pytest.raises(ProofNeeded):
        totp.start(cast.claire.agent, "Deuxième", session=done.session)
    with pytest.raises(NoRecovery):
        recoveries.open_now(cast.claire.agent)


@pytest.mark.parametrize("by_whom", ["a référente", "a new password", "the telephone found again"])
def test_what_ends_the_recovery_ends_what_it_opened(
    cast: Cast, recovery: Recovery, lost: Held, clock: Clock, by_whom: str
) -> None:
    agent, done = cast.claire.agent, come_back(cast.claire.agent)
    clock.shift(dt.timedelta(seconds=1))
    if by_whom == "a référente":
        recoveries.cancel(cast.claire, actor=by(cast.moussa.agent))
    elif by_whom == "a new password":
        set_password(agent, NEW)
    else:
        second_step.by_totp(pending(agent), lost.code(), browser=HERE)
    if by_whom != "a new password":  # which ends every session by itself
        done.session.refresh_from_db()
        assert done.session.end_reason == "recovery_over"
    with pytest.raises(ProofNeeded):
        totp.start(agent, "Voleur", session=done.session)


def test_who_has_the_most_means_there_can_be_still_adds_one(cast: Cast, recovery: Recovery, lost: Held) -> None:
    for number in range(totp.MOST - 1):
        Totp.objects.create(
            agent=cast.claire.agent,
            name=f"Ancien {number}",
            sealed_seed=lost.totp.sealed_seed,
            created_at=lost.totp.created_at,
            confirmed_at=lost.totp.confirmed_at,
        )
    with pytest.raises(TooManyFactors):
        totp.start(cast.claire.agent, "Sixième", session=session_of(cast.claire.agent, "pwd", "otp"))
    assert renew(come_back(cast.claire.agent))


def test_contesting_the_new_means_lets_neither_it_nor_the_old_ones_in(
    cast: Cast, recovery: Recovery, lost: Held
) -> None:
    """Whoever finishes in the agent's place is taken back by the mail of the addition alone."""
    theirs = renew(come_back(cast.claire.agent), "Téléphone du voleur")
    mail = next(mail for mail in reversed(letters()) if mail.kind == "authentication.security_change")
    assert "« Téléphone du voleur »" in mail.text
    assert "« Téléphone »" not in mail.text
    changes.contest(token_of(mail), browser=HERE)
    methods = queries.methods_of(cast.claire.agent)
    assert (methods.totps, methods.codes_left, methods.blocked) == ([], 0, True)
    assert Totp.objects.get(pk=theirs.totp.pk).frozen_at is not None
    assert to(cast.claire.agent)
