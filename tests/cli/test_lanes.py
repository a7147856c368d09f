"""The round of the worker: nothing that one drain does stops another."""

import threading
import time

import pytest
from django.db import OperationalError

from convergences.cli.lanes import Drain, run_lane, run_once
from convergences.cli.worker import DRAINS

pytestmark = pytest.mark.django_db


def running(*drains: Drain, seconds: float) -> None:
    stop = threading.Event()
    lane = threading.Thread(target=run_lane, args=(drains, stop))
    lane.start()
    time.sleep(seconds)
    stop.set()
    lane.join(5)
    assert not lane.is_alive()


def test_a_drain_that_has_more_to_do_is_called_at_once() -> None:
    left = [1] * 20

    def work() -> int:
        return left.pop() if left else 0

    running(Drain("lane", "work", 60, work), seconds=1)
    assert left == []


def test_a_drain_that_fails_is_called_again_later_and_the_others_go_on() -> None:
    calls = {"bad": 0, "good": 0}

    def bad() -> int:
        calls["bad"] += 1
        raise OperationalError("the database has gone away")

    def good() -> int:
        calls["good"] += 1
        return 0

    running(Drain("lane", "bad", 0.1, bad), Drain("lane", "good", 0.1, good), seconds=1)
    assert calls["bad"] == 1
    assert calls["good"] > 3


def test_a_pass_ends_when_nothing_is_left() -> None:
    left = [3, 2, 0, 9]
    assert run_once([Drain("lane", "work", 1, lambda: left.pop(0))]) == {"work": 5}


def test_every_drain_has_a_name_of_its_own() -> None:
    assert len({drain.name for drain in DRAINS}) == len(DRAINS)
