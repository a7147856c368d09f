"""A use of the application is a use of the session: who works behind a server that asks us is not idle."""

import threading
from collections import OrderedDict

import structlog
from django.db import DatabaseError

from convergences.authentication.services import sessions
from convergences.foundations import clock
from convergences.protocols.forward_auth import lifetimes
from convergences.protocols.forward_auth.models import Pass

log = structlog.get_logger(__name__)

KEPT = 10_000


class _Seen:
    """When this process last said that a pass was in use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: OrderedDict[int, float] = OrderedDict()

    def is_due(self, pass_id: int) -> bool:
        now = clock.now().timestamp()
        known = self._at.get(pass_id)
        if known is not None and 0 <= now - known < lifetimes.USE.total_seconds():
            return False
        with self._lock:
            self._at[pass_id] = now
            self._at.move_to_end(pass_id)
            while len(self._at) > KEPT:
                self._at.popitem(last=False)
        return True


_seen = _Seen()


def note(pass_id: int) -> None:
    """Push back the idle end of the session under a pass, once a minute at most in each process."""
    if not _seen.is_due(pass_id):
        return
    try:
        found = Pass.objects.select_related("visit__session").filter(pk=pass_id).first()
        if found is not None:
            sessions.touch(found.visit.session)
    except DatabaseError:  # the answer is known already, and a busy database must not change it
        log.warning("the use of a session is not written", exc_info=True)
