"""What has served is forgotten; what may still matter is not."""

import datetime as dt

import pytest
import time_machine

from convergences.audit.services import SYSTEM
from convergences.authentication import queries
from convergences.authentication.models import (
    AttemptCounter,
    KnownBrowser,
    Purpose,
    RecoveryCode,
    RememberedDevice,
    SecurityChange,
    Session,
    SingleUseCode,
    SpentChallenge,
    Totp,
)
from convergences.authentication.services import codes, factors, housekeeping, second_step, totp
from convergences.foundations import clock
from tests.authentication.doing import HERE, attempt, fail
from tests.authentication.proving import opened, pending, trusted, with_codes, with_totp
from tests.cast import Cast, set_password

pytestmark = pytest.mark.database


def test_nothing_that_counts_is_forgotten(cast: Cast) -> None:
    set_password(cast.claire.agent)
    attempt(cast.claire.agent.email)
    fail(cast.claire.agent.email, 5)
    codes.send(Purpose.RESET, cast.claire.agent.email or "", browser=HERE)
    assert housekeeping.forget() == 0


def test_a_year_later_nothing_remains(cast: Cast) -> None:
    set_password(cast.claire.agent)
    attempt(cast.claire.agent.email)
    codes.send(Purpose.RESET, cast.claire.agent.email or "", browser=HERE)
    with time_machine.travel(clock.now() + dt.timedelta(days=366), tick=False):
        housekeeping.forget()
    assert not SingleUseCode.objects.exists()
    assert not AttemptCounter.objects.exists()
    assert not KnownBrowser.objects.exists()


def _later(**delay: int) -> time_machine.travel:
    return time_machine.travel(clock.now() + dt.timedelta(**delay))


def test_second_factors_that_serve_are_never_forgotten(cast: Cast) -> None:
    agent = cast.claire.agent
    held = with_totp(agent)
    with_codes(agent)
    second_step.by_totp(pending(agent), held.code(), browser=HERE, remember=True)
    with _later(days=29):
        housekeeping.forget()
        methods = queries.methods_of(agent)
        assert (len(methods.totps), methods.codes_left) == (1, 10)
        assert RememberedDevice.objects.count() == 1
    with _later(days=4000):
        housekeeping.forget()
        assert queries.has_second_factor(agent.pk)
        assert RecoveryCode.objects.count() == 10


def test_what_was_removed_can_be_given_back_for_a_week_and_is_erased_then(cast: Cast) -> None:
    agent = cast.claire.agent
    held = with_totp(agent)
    with_codes(agent)
    factors.remove(agent, held.totp.uid, session=opened(agent, "pwd", "otp"), actor=SYSTEM)
    with _later(days=6, hours=23):
        housekeeping.forget()
        assert (Totp.objects.count(), RecoveryCode.objects.count()) == (1, 10)
    with _later(days=7, minutes=1):
        housekeeping.forget()
        assert (Totp.objects.count(), RecoveryCode.objects.count()) == (0, 0)


def test_what_was_frozen_is_erased_after_a_month(cast: Cast) -> None:
    """Unless nothing else protects the account (`test_blocked`)."""
    contested = with_totp(cast.claire.agent)
    kept = with_totp(cast.claire.agent, "Nouveau")
    Totp.objects.filter(pk=contested.totp.pk).update(frozen_at=clock.now())
    with _later(days=29):
        housekeeping.forget()
        assert Totp.objects.count() == 2
    with _later(days=31):
        housekeeping.forget()
        assert Totp.objects.get().pk == kept.totp.pk


def test_a_start_left_unfinished_is_forgotten_within_the_hour(cast: Cast) -> None:
    totp.start(cast.claire.agent, "Téléphone", session=opened(cast.claire.agent))
    with _later(minutes=59):
        housekeeping.forget()
        assert Totp.objects.exists()
    with _later(minutes=61):
        housekeeping.forget()
        assert not Totp.objects.exists()


def test_a_spent_pending_is_kept_as_long_as_it_could_be_replayed(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    second_step.by_totp(pending(cast.claire.agent), held.code(), browser=HERE)
    with _later(minutes=9):
        housekeeping.forget()
        assert SpentChallenge.objects.exists()
    with _later(minutes=11):
        housekeeping.forget()
        assert not SpentChallenge.objects.exists()


def test_a_device_that_is_over_leaves_its_sessions(cast: Cast) -> None:
    device, _token = trusted(cast.claire.agent)
    session = opened(cast.claire.agent)
    Session.objects.filter(pk=session.pk).update(remembered_device=device)
    with _later(days=30, minutes=1):
        housekeeping.forget()
    assert not RememberedDevice.objects.exists()
    assert Session.objects.get(pk=session.pk).remembered_device is None


def test_changes_are_forgotten_a_month_after_they_could_be_contested(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    with _later(days=36):
        housekeeping.forget()
        assert SecurityChange.objects.exists()
    with _later(days=38):
        housekeeping.forget()
        assert not SecurityChange.objects.exists()
