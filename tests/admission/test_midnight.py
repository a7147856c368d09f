"""Days are days of Paris: everything that begins or ends does so at midnight there, summer and winter."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from convergences.admission import services as admission
from convergences.admission.decisions import Enter
from convergences.admission.queries import tiles, visits_to_end
from convergences.catalog.models import Application, Subscription
from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.admission.doing import PASSWORD_ONLY, ask, entitle, visit
from tests.cast import LONG_AGO, Cast

pytestmark = pytest.mark.database
PARIS = ZoneInfo("Europe/Paris")
SECOND = dt.timedelta(seconds=1)
DAYS = pytest.mark.parametrize(
    "day",
    [
        dt.date(2027, 1, 1),
        dt.date(2027, 3, 28),  # the clock goes forward at 2:00
        dt.date(2027, 3, 29),
        dt.date(2027, 7, 14),
        dt.date(2027, 10, 31),  # the clock goes back at 3:00
        dt.date(2027, 11, 1),
        dt.date(2028, 2, 29),
    ],
)


def midnight(day: dt.date) -> dt.datetime:
    """The first instant of a day of Paris."""
    return dt.datetime.combine(day, dt.time(), tzinfo=PARIS).astimezone(dt.UTC)


def enters(cast: Cast, now: dt.datetime) -> bool:
    """Claire enters BIP at this instant, says the door; and the tile says the same."""
    door = isinstance(ask(cast.claire, cast.bip, now=now), Enter)
    tile = any(tile.state == "open" for tile in tiles(cast.claire.agent, now))
    assert door == tile
    return door


@DAYS
def test_an_application_opens_at_midnight(cast: Cast, day: dt.date) -> None:
    entitle(cast.claire, cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(opens_on=day)
    assert [enters(cast, midnight(day) - SECOND), enters(cast, midnight(day))] == [False, True]


@DAYS
def test_a_right_a_membership_and_a_subscription_end_after_their_last_day(cast: Cast, day: dt.date) -> None:
    end = midnight(day + dt.timedelta(days=1))
    right = entitle(cast.claire, cast.bip, ends_on=day)
    assert [enters(cast, end - SECOND), enters(cast, end)] == [True, False]
    right.ends_on = None
    right.save()
    Membership.objects.filter(pk=cast.claire.pk).update(ends_on=day)
    assert [enters(cast, end - SECOND), enters(cast, end)] == [True, False]
    Membership.objects.filter(pk=cast.claire.pk).update(ends_on=None)
    Application.objects.filter(pk=cast.bip.pk).update(affiliations=[])
    Subscription.objects.create(organization=cast.pantin, application=cast.bip, starts_on=LONG_AGO, ends_on=day)
    assert [enters(cast, end - SECOND), enters(cast, end)] == [True, False]


@DAYS
def test_an_open_visit_ends_at_that_midnight(cast: Cast, day: dt.date) -> None:
    end = midnight(day + dt.timedelta(days=1))
    entitle(cast.claire, cast.bip, ends_on=day)
    with time_machine.travel(end - dt.timedelta(minutes=30), tick=False):
        opened = visit(cast.claire, cast.bip)
    assert list(visits_to_end(end - SECOND)) == []
    assert [ending.visit_id for ending in visits_to_end(end)] == [opened.pk]


def test_the_day_is_that_of_the_instant_asked_not_of_the_server(cast: Cast) -> None:
    """A server in UTC, 23:30 on the eve: in Paris it is already the day."""
    entitle(cast.claire, cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(opens_on=dt.date(2027, 7, 14))
    with time_machine.travel(dt.datetime(2027, 7, 13, 22, 30, tzinfo=dt.UTC), tick=False):
        now = clock.now()
        said = admission.decide(cast.claire.agent, cast.bip, cast.pantin, now=now, assurance=PASSWORD_ONLY)
        assert isinstance(said, Enter)
