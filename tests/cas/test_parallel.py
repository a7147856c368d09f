"""The same ticket validated fifty times at the same instant, on PostgreSQL; SQLite has one writer."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections

from convergences.audit.models import AuditEvent
from convergences.protocols.cas.models import Ticket
from tests.cas.serving import Peer, define
from tests.cast import build_cast, signed_in
from tests.home.rights import give

TIMES, THREADS = 50, 10
on_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory is one connection"
)
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), on_postgresql]


def test_of_one_ticket_validated_at_the_same_instant_one_is_answered() -> None:
    """Specification, section 3.1.1: "Service tickets MUST only be valid for one ticket validation attempt"."""
    cast = build_cast()
    give(cast.claire, cast.cotisations)
    define(cast.cotisations)
    ticket = Peer().ticket(signed_in(cast.claire.agent))

    def validate(_number: int) -> list[str]:
        try:
            return [next(iter(Peer().validated(ticket))) for _each in range(TIMES // THREADS)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        told = Counter(answer for answers in pool.map(validate, range(THREADS)) for answer in answers)
    assert told == {"authenticationSuccess": 1, "authenticationFailure": TIMES - 1}
    assert Ticket.objects.get().sealed
    assert AuditEvent.objects.filter(action="cas.ticket_replayed").count() == 1
