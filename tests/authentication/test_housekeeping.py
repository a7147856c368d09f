"""What has served is forgotten; what may still matter is not."""

import datetime as dt

import pytest
import time_machine

from convergences.authentication.models import AttemptCounter, KnownBrowser, Purpose, SingleUseCode
from convergences.authentication.services import codes, housekeeping
from convergences.foundations import clock
from tests.authentication.doing import HERE, attempt, fail
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
