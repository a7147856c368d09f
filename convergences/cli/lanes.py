"""How the worker goes round: lanes side by side, so that a slow mail server never holds back a seal."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from django.db import close_old_connections, connections

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 30.0
ROUNDS_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Drain:
    """A plain query-and-act function, called again at once as long as it returns that it did something."""

    lane: str
    name: str
    every: float
    run: Callable[[], int]


def run_lane(drains: Sequence[Drain], stop: threading.Event) -> None:
    """Call each drain at its pace until `stop` is set; whatever one raises is logged, and it is called again later."""
    due = {drain.name: 0.0 for drain in drains}
    failures = dict.fromkeys(due, 0)
    try:
        while not stop.is_set():
            for drain in drains:
                if stop.is_set() or time.monotonic() < due[drain.name]:
                    continue
                pause = _called(drain, failures)
                due[drain.name] = time.monotonic() + pause
            stop.wait(max(0.0, min(due.values()) - time.monotonic()))
    finally:
        connections.close_all()


def run_once(drains: Sequence[Drain]) -> dict[str, int]:
    """Call each drain until it has nothing left to do; return what each did. Raises what they raise."""
    done = {}
    for drain in drains:
        done[drain.name] = 0
        for _round in range(ROUNDS_ONCE):
            count = drain.run()
            done[drain.name] += count
            if not count:
                break
    return done


def _called(drain: Drain, failures: dict[str, int]) -> float:
    """Call one drain and return how long to wait before the next call."""
    try:
        close_old_connections()
        count = drain.run()
    except Exception:
        failures[drain.name] += 1
        log.exception("worker.drain_failed", drain=drain.name, failures=failures[drain.name])
        _drop_connections()
        return min(LONGEST_PAUSE, drain.every + 2.0 ** min(failures[drain.name], 5))
    failures[drain.name] = 0
    return 0.0 if count else drain.every


def _drop_connections() -> None:
    """Let go of a connection that may be broken: the next call opens another."""
    for connection in connections.all(initialized_only=True):
        try:
            connection.close()
        except Exception:
            log.warning("worker.connection_not_closed", alias=connection.alias, exc_info=True)
