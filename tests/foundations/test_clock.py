"""The one clock: the present everywhere, but where a demo is given its past."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from convergences.foundations import clock

ROOM = Path(clock.__file__).parents[1]
LONG_AGO = dt.datetime(2024, 6, 1, 23, 30, tzinfo=dt.UTC)


def test_what_takes_place_in_the_past_sees_its_day_of_paris_and_nothing_beside_it_does() -> None:
    with clock.at(LONG_AGO), ThreadPoolExecutor(1) as beside:
        assert dt.timedelta() <= clock.now() - LONG_AGO < dt.timedelta(minutes=1)
        assert clock.today() == dt.date(2024, 6, 2)
        assert beside.submit(clock.now).result().year > LONG_AGO.year
    assert clock.now().year > LONG_AGO.year


def test_the_present_comes_back_after_a_failure_and_nobody_goes_to_the_future() -> None:
    with pytest.raises(LookupError), clock.at(LONG_AGO):
        raise LookupError
    assert clock.now().year > LONG_AGO.year
    with pytest.raises(ValueError, match="past"), clock.at(clock.now() + dt.timedelta(days=1)):
        pass


def test_nobody_goes_back_in_time_but_the_demo() -> None:
    users = [path for path in ROOM.rglob("*.py") if "clock.at(" in path.read_text(encoding="utf-8")]
    assert {path.parent.name for path in users} == {"demo_data"}
