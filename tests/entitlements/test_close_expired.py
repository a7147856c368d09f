"""The worker's round: rights whose last day is past are closed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from convergences.directory.models import Membership
from convergences.entitlements import services
from convergences.foundations import clock
from tests.cast import Cast
from tests.entitlements.doing import grant, in_days, journal, mails, rights, subscribe, words

pytestmark = pytest.mark.database
PARIS = ZoneInfo("Europe/Paris")


def test_a_right_is_closed_after_its_last_day_and_not_before(cast: Cast) -> None:
    grant(cast.claire, cast.bip, ends_on=in_days(1))
    grant(cast.claire, cast.cotisations)
    assert services.close_expired(clock.now() + dt.timedelta(days=1)) == 0
    assert services.close_expired(clock.now() + dt.timedelta(days=2)) == 1
    assert [right.application for right in rights(cast.claire)] == [cast.cotisations]


@pytest.mark.parametrize("day", [dt.date(2027, 3, 27), dt.date(2027, 10, 30), dt.date(2027, 12, 31)])
def test_the_last_day_ends_at_midnight_in_paris_even_when_the_clock_changes(cast: Cast, day: dt.date) -> None:
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=PARIS)
    with time_machine.travel(midnight - dt.timedelta(days=5), tick=False):
        grant(cast.claire, cast.bip, ends_on=day)
    assert services.close_expired(midnight - dt.timedelta(seconds=1)) == 0
    assert services.close_expired(midnight) == 1


def test_it_is_the_system_that_the_journal_names(cast: Cast) -> None:
    grant(cast.claire, cast.bip, ends_on=in_days(0))
    services.close_expired(clock.now() + dt.timedelta(days=1))
    event = journal()[-1]
    assert (event.action, event.actor_id, event.actor_label) == ("entitlements.right_expired", None, "Convergences")


def test_the_rights_of_who_left_are_closed(cast: Cast) -> None:
    grant(cast.claire, cast.bip)
    grant(cast.moussa, cast.bip)
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    Membership.objects.filter(pk=cast.moussa.pk).update(ends_on=in_days(-1))
    assert services.close_expired(clock.now()) == 2


def test_a_second_round_does_nothing(cast: Cast) -> None:
    grant(cast.claire, cast.bip, ends_on=in_days(0))
    tomorrow = clock.now() + dt.timedelta(days=1)
    assert [services.close_expired(tomorrow), services.close_expired(tomorrow)] == [1, 0]
    assert words() == ["right_granted", "right_expired"]
    assert len(mails()) == 1


def test_the_seat_goes_to_who_waits(cast: Cast) -> None:
    subscription = subscribe(cast.pantin, cast.bip, seats=2)
    grant(cast.claire, cast.bip, ends_on=in_days(0))
    waiting = grant(cast.moussa, cast.bip)
    subscription.seats = 1
    subscription.save()
    services.assign_seats(subscription)
    services.close_expired(clock.now() + dt.timedelta(days=1))
    waiting.refresh_from_db()
    assert waiting.seat == 1
