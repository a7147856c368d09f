"""The round of the worker: nothing that one drain does stops another."""

import threading

import pytest
from django.db import OperationalError

from convergences.cli import lanes
from convergences.cli.lanes import Drain, run_lane, run_once
from convergences.cli.worker import DRAINS

pytestmark = pytest.mark.django_db
PATIENCE = 60.0  # seconds, on a busy machine


def running(*drains: Drain, until: threading.Event) -> None:
    stop = threading.Event()
    lane = threading.Thread(target=run_lane, args=(drains, stop))
    lane.start()
    happened = until.wait(PATIENCE)
    stop.set()
    lane.join(PATIENCE)
    assert happened
    assert not lane.is_alive()


def test_a_drain_that_has_more_to_do_is_called_at_once() -> None:
    left, done = [1] * 20, threading.Event()

    def work() -> int:
        if left:
            return left.pop()
        done.set()
        return 0

    running(Drain("lane", "work", 3600, work), until=done)
    assert left == []


def test_a_drain_that_fails_is_called_again_later_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LONGEST_PAUSE", 0.05)
    calls, both = {"bad": 0, "good": 0}, threading.Event()

    def bad() -> int:
        calls["bad"] += 1
        raise OperationalError("the database has gone away")

    def good() -> int:
        calls["good"] += 1
        if calls["bad"] > 1 and calls["good"] > 1:
            both.set()
        return 0

    running(Drain("lane", "bad", 0, bad), Drain("lane", "good", 0.01, good), until=both)


def test_a_pass_ends_when_nothing_is_left() -> None:
    left = [3, 2, 0, 9]
    assert run_once([Drain("lane", "work", 1, lambda: left.pop(0))]) == {"work": 5}


def test_every_drain_has_a_name_of_its_own() -> None:
    assert len({drain.name for drain in DRAINS}) == len(DRAINS)
