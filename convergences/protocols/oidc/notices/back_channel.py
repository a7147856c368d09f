"""The worker tells applications whose visits are over, side by side: a slow one delays nobody but itself.

Threads only speak to applications. Rows are claimed and settled by the lane's own thread, so that no connection to the
database waits for anybody.
"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.db.models import Exists, OuterRef

from convergences.admission.models import Visit
from convergences.admission.services import endings
from convergences.catalog.models import Protocol
from convergences.foundations import clock, outbound
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.notices import logout_tokens

log = structlog.get_logger(__name__)

APPLICATIONS_AT_ONCE = 16
# In a lease, all of a batch can be tried, even if each takes its whole time.
BATCH = 5
PAUSE = 0.2
HEARD = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})  # section 2.8: some frameworks substitute 204


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one notice; `error` is empty when the application acknowledged."""

    error: str = ""
    final: bool = False


class Teller:
    """Who tells applications, at most one batch of each at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(APPLICATIONS_AT_ONCE, thread_name_prefix="notices")
        self._under_way: dict[int, tuple[list[Visit], Future[list[Outcome]]]] = {}

    def tell_due(self) -> int:
        """Settle what was answered and tell what is due; return how much is done or under way.

        It waits for an answer for an instant at most: called again at once while anything is under way.
        """
        done = self._settle() + endings.end_untold(Protocol.OIDC, able=_able())
        for client in _due()[: APPLICATIONS_AT_ONCE * 4]:
            if client.application_id not in self._under_way and len(self._under_way) < APPLICATIONS_AT_ONCE:
                self._start(client)
        if self._under_way:
            wait([future for _visits, future in self._under_way.values()], PAUSE, FIRST_COMPLETED)
        return done + len(self._under_way)

    def _start(self, client: Client) -> None:
        visits = endings.claim(Protocol.OIDC, client.application_id, most=BATCH)
        if visits:
            tokens = [logout_tokens.sign(client, visit) for visit in visits]
            future = self._pool.submit(_tell, client.backchannel_logout_uri, tokens)
            self._under_way[client.application_id] = (visits, future)

    def _settle(self) -> int:
        finished = [key for key, (_visits, future) in self._under_way.items() if future.done()]
        for key in finished:
            visits, future = self._under_way.pop(key)
            _write(visits, future.result())
        return len(finished)


def _tell(address: str, tokens: list[str]) -> list[Outcome]:
    """Tell one application, until it does not hear: the others of the batch would wait for nothing."""
    outcomes: list[Outcome] = []
    for token in tokens:
        outcomes.append(_tell_one(address, token))
        if outcomes[-1].error:
            break
    return outcomes


def _tell_one(address: str, token: str) -> Outcome:
    try:
        answer = outbound.post_form(address, {"logout_token": token})
    except outbound.Forbidden as refusal:
        return Outcome(str(refusal), final=True)
    except outbound.Unreachable as failure:
        return Outcome(str(failure))
    # What it says is not kept: it is the application's, and could hold anything.
    return Outcome() if answer.status in HEARD else Outcome(f"the application answered {answer.status}")


def _write(visits: list[Visit], outcomes: list[Outcome]) -> None:
    for visit, outcome in zip(visits, outcomes, strict=False):
        if outcome.error:
            log.warning("notice.not_heard", visit=str(visit.uid), error=outcome.error, attempts=visit.telling_attempts)
            endings.not_told(visit, outcome.error, final=outcome.final)
        else:
            log.info("notice.heard", visit=str(visit.uid), attempts=visit.telling_attempts)
            endings.told(visit)
    endings.put_off(visits[len(outcomes) :], endings.DELAYS[0])


def _able() -> list[int]:
    return list(Client.objects.exclude(backchannel_logout_uri="").values_list("application_id", flat=True))


def _due() -> list[Client]:
    visits = endings.to_tell(Protocol.OIDC, clock.now()).filter(application_id=OuterRef("application_id"))
    clients = Client.objects.exclude(backchannel_logout_uri="").filter(Exists(visits.order_by()))
    return list(clients.select_related("application", "sector"))


teller = Teller()


def tell_due() -> int:
    """Tell the applications whose visits are over; see `Teller.tell_due`."""
    return teller.tell_due()
