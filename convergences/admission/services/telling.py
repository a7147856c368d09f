"""The worker tells applications whose visits are over, side by side: a slow one delays nobody but itself.

What every protocol shares; each says who can be told, and how. Threads only speak to applications: rows are claimed and
settled by the lane's own thread, so that no connection to the database waits for anybody.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import structlog
from django.db.models import Min

from convergences.admission.models import Visit
from convergences.admission.services import endings
from convergences.foundations import clock

log = structlog.get_logger(__name__)

APPLICATIONS_AT_ONCE = 16
# In a lease, all of a batch can be tried, even if each takes its whole time.
BATCH = 5
PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one notice; `error` is empty when the application acknowledged.

    `alive`: the application answered, though not that it heard: it can be told of other visits meanwhile.
    """

    error: str = ""
    final: bool = False
    alive: bool = False


Notice = Callable[[], Outcome]


class Teller(ABC):
    """Who tells the applications of one protocol, at most one batch of each at a time."""

    protocol: str

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(APPLICATIONS_AT_ONCE, thread_name_prefix=f"notices-{self.protocol}")
        self._under_way: dict[int, tuple[list[Visit], Future[list[Outcome]]]] = {}

    @abstractmethod
    def able(self) -> list[int]:
        """Return the applications, by identifier, that have said where to be told."""

    @abstractmethod
    def prepare(self, application_id: int, visits: list[Visit]) -> Sequence[Notice]:
        """Return what tells an application of each of these visits, in order; a notice may not read the tables."""

    def tell_due(self) -> int:
        """Settle what was answered and tell what is due; return how much is done or under way.

        It waits for an answer for an instant at most: called again at once while anything is under way.
        """
        able = self.able()
        done = self._settle() + endings.end_untold(self.protocol, able=able)
        for application_id in self._due(able):
            if application_id not in self._under_way and len(self._under_way) < APPLICATIONS_AT_ONCE:
                self._start(application_id)
        if self._under_way:
            wait([future for _visits, future in self._under_way.values()], PAUSE, FIRST_COMPLETED)
        return done + len(self._under_way)

    def _due(self, able: list[int]) -> list[int]:
        visits = endings.to_tell(self.protocol, clock.now()).filter(application_id__in=able)
        waiting = visits.values("application_id").annotate(since=Min("end_requested_at")).order_by("since")
        return [line["application_id"] for line in waiting[: APPLICATIONS_AT_ONCE * 4]]

    def _start(self, application_id: int) -> None:
        visits = endings.claim(self.protocol, application_id, most=BATCH)
        if visits:
            notices = self.prepare(application_id, visits)
            self._under_way[application_id] = (visits, self._pool.submit(_tell, notices))

    def _settle(self) -> int:
        finished = [key for key, (_visits, future) in self._under_way.items() if future.done()]
        for key in finished:
            visits, future = self._under_way.pop(key)
            _write(visits, future.result())
        return len(finished)


def _tell(notices: Sequence[Notice]) -> list[Outcome]:
    """Tell one application, until it does not hear: the others of the batch would wait for nothing."""
    outcomes: list[Outcome] = []
    for notice in notices:
        outcomes.append(notice())
        if outcomes[-1].error and not outcomes[-1].alive:
            break
    return outcomes


def _write(visits: list[Visit], outcomes: list[Outcome]) -> None:
    for visit, outcome in zip(visits, outcomes, strict=False):
        if outcome.error:
            log.warning("notice.not_heard", visit=str(visit.uid), error=outcome.error, attempts=visit.telling_attempts)
            endings.not_told(visit, outcome.error, final=outcome.final)
        else:
            log.info("notice.heard", visit=str(visit.uid), attempts=visit.telling_attempts)
            endings.told(visit)
    endings.put_off(visits[len(outcomes) :], endings.DELAYS[0])
