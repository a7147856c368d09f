"""Two workers at the same instant, on PostgreSQL: each application is told of each session once."""

import base64
import json
import threading
from collections import Counter

import pytest
from django.conf import settings
from django.db import connections

from convergences.admission import services as admission
from convergences.admission.models import Visit
from convergences.admission.services import telling
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Session
from convergences.foundations import clock, keys, outbound
from convergences.foundations.outbound import Answer
from convergences.protocols.oidc.notices import back_channel
from tests.admission.doing import visit
from tests.cast import build_cast
from tests.oidc.relying import define, entitle

on_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory is one connection"
)
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), on_postgresql]
SESSIONS = 60


class Worker(threading.Thread):
    """A worker's lanes of rights and of notices, from a start given to both."""

    def __init__(self, start: threading.Barrier) -> None:
        super().__init__()
        self.start_line, self.claimed = start, 0
        self.error: BaseException | None = None

    def run(self) -> None:
        """Mark and tell until nothing is left."""
        try:
            self.start_line.wait(60)
            admission.request_ends(clock.now())
            self._tell()
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def _tell(self) -> None:
        worker = self

        class Counting(back_channel.Teller):
            def prepare(self, application_id: int, visits: list[Visit]) -> list[telling.Notice]:
                if not worker.claimed:
                    worker.start_line.wait(60)  # once each has claimed: neither does the work alone
                worker.claimed += len(visits)
                return super().prepare(application_id, visits)

        teller = Counting()
        while Visit.objects.filter(ended_at=None).exists():
            teller.tell_due()


def staged() -> None:
    """Claire in many browsers, each in BIP and in Net-Cotisations; all are signed out at once."""
    cast = build_cast()
    keys.ensure()
    for application in (cast.bip, cast.cotisations):
        entitle(cast.claire, application)
        define(application, backchannel_logout_uri=f"https://{application.slug}.example/out")
    for _ in range(SESSIONS):
        session = visit(cast.claire, cast.bip).session
        admission.enter(session, cast.cotisations, cast.claire, protocol="oidc", actor=SYSTEM)
    Session.objects.update(ended_at=clock.now())


def test_each_notice_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SELECT … FOR UPDATE SKIP LOCKED`: what one worker has claimed, another leaves."""
    heard: list[tuple[str, str]] = []

    def hear(url: str, fields: dict[str, str]) -> Answer:
        claims = fields["logout_token"].split(".")[1]
        heard.append((url, json.loads(base64.urlsafe_b64decode(claims + "=="))["sid"]))
        return Answer(200, "text/plain", b"")

    monkeypatch.setattr(outbound, "post_form", hear)
    staged()
    start = threading.Barrier(2)
    workers = [Worker(start), Worker(start)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.error for worker in workers] == [None, None]
    assert len(heard) == 2 * SESSIONS
    assert set(Counter(heard).values()) == {1}
    assert all(worker.claimed for worker in workers)
    assert set(Visit.objects.values_list("telling_attempts", flat=True)) == {1}
