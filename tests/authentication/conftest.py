"""What tests of recoveries begin with."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from convergences.authentication.models import Recovery, Session
from tests.authentication.proving import Held, with_codes, with_totp
from tests.authentication.recovering_from import MORNING, Clock, opened
from tests.cast import Cast


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A clock that the test moves."""
    with time_machine.travel(MORNING, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def lost(clock: Clock, cast: Cast) -> Held:
    """Claire has a password, an application of codes and recovery codes, all of which are at the bottom of a canal."""
    held = with_totp(cast.claire.agent)
    with_codes(cast.claire.agent)
    Session.objects.all().delete()
    clock.shift(dt.timedelta(minutes=1))
    return held


@pytest.fixture
def recovery(cast: Cast, lost: Held, clock: Clock) -> Recovery:
    """Nadia asked for it a day ago."""
    return opened(cast, clock)
