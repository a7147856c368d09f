"""Events go after twelve months; the chain still holds, and nobody else's deletion passes for a purge."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from convergences.audit import purging
from convergences.audit.models import AuditEvent, AuditOrigin
from convergences.audit.purging import purge
from convergences.audit.sealing import seal_pending
from convergences.audit.verification import Anchor, Kind, verify
from convergences.foundations import clock
from tests.audit.events import NADIA, write
from tests.flushing import unprotected

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def six_old_events_and_four_recent(db: None) -> None:
    with clock.at(clock.now() - dt.timedelta(days=366)):
        write(6, actor=NADIA)
    write(4)
    seal_pending()


def _kept() -> list[int | None]:
    return list(AuditEvent.objects.order_by("id").values_list("sequence", flat=True))


def _found() -> list[tuple[Kind, int]]:
    return [(problem.kind, problem.sequence) for problem in verify().problems]


def _deleted(condition: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM audit_auditevent WHERE {condition}")
    except IntegrityError:
        return False
    return True


def test_what_is_older_than_twelve_months_goes_and_the_chain_still_holds() -> None:
    assert (purge(), purge()) == (6, 0)
    assert _kept() == [7, 8, 9, 10, None]
    seal_pending()
    report = verify()
    assert (report.sound, report.checked, report.purged, report.last_sequence) == (True, 5, 6, 11)
    told = AuditEvent.objects.get(action="operations.journal_purged")
    day = clock.day_of(clock.now() - dt.timedelta(days=366)).isoformat()
    assert told.details == {"events": 6, "last": 6, "until": day, "anomalies": 0}


def test_it_goes_by_batches_that_stop_anywhere_without_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 4)
    assert purge() == 4
    assert verify().sound
    monkeypatch.setattr(purging, "record", _killed)
    with pytest.raises(SystemExit), transaction.atomic():
        purge()
    monkeypatch.undo()
    assert (verify().sound, AuditOrigin.objects.get().sequence) == (True, 4)
    assert purge() == 2


def _killed(*_given: Any, **_named: Any) -> None:
    raise SystemExit


@pytest.mark.parametrize(
    "forged",
    [
        "sequence = 8",
        "sequence = 8, seal = (SELECT e.seal FROM audit_auditevent e WHERE e.sequence = 8)",
        "events = 8",
        "anomalies = 0, until = '2020-01-01 00:00:00+00:00'",
        "code = 'é'",
    ],
)
def test_a_purge_that_was_not_ours_is_found(forged: str) -> None:
    purge()
    unprotected(f"UPDATE audit_auditorigin SET {forged}")
    unprotected("DELETE FROM audit_auditevent WHERE sequence <= (SELECT sequence FROM audit_auditorigin)")
    assert (Kind.ORIGIN_ALTERED, AuditOrigin.objects.get().sequence) in _found()


def test_a_beginning_removed_or_put_back_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 3)
    purge()
    earlier = AuditOrigin.objects.values().get()
    purge()
    AuditOrigin.objects.update(**earlier)
    assert _found() == [(Kind.MISSING, 4)]
    AuditOrigin.objects.all().delete()
    assert _found() == [(Kind.MISSING, 1)]


def test_the_database_lets_go_of_nothing_recent_whatever_the_beginning_says() -> None:
    assert not _deleted("sequence = 1")
    AuditOrigin.objects.create(pk=1, sequence=10)
    assert not _deleted("sequence = 7")
    assert not _deleted("sequence IS NULL OR sequence = 10")
    assert _deleted("sequence = 1")
    assert {Kind.ORIGIN_ALTERED, Kind.ALTERED} <= {kind for kind, _sequence in _found()}


def test_a_purge_wipes_out_no_trace_of_tampering() -> None:
    unprotected("UPDATE audit_auditevent SET actor_label = 'Karim Benali' WHERE sequence = 3")
    unprotected("DELETE FROM audit_auditevent WHERE sequence = 5")
    before = verify().problem_count
    assert purge() == 5
    [problem] = verify().problems
    assert (problem.kind, problem.sequence) == (Kind.PURGED_UNSOUND, 6)
    assert f"anomalies\u00a0: {before}" in problem.sentence
    AuditOrigin.objects.update(anomalies=0)
    assert Kind.ORIGIN_ALTERED in {kind for kind, _sequence in _found()}


def test_the_last_event_stays_for_the_next_to_be_chained_to_it() -> None:
    unprotected("DELETE FROM audit_auditevent WHERE sequence > 6")
    unprotected("UPDATE audit_audithead SET sequence = 0")
    assert purge() == 5
    assert _kept()[0] == 6


def test_an_anchor_noted_elsewhere_still_serves_at_the_beginning_and_says_when_it_is_too_old() -> None:
    seals = dict(AuditEvent.objects.values_list("sequence", "seal"))
    purge()
    assert verify(Anchor(6, seals[6])).sound
    assert verify(Anchor(8, seals[8])).sound
    assert [each.kind for each in verify(Anchor(6, "0" * 64)).problems] == [Kind.ANCHOR]
    [problem] = verify(Anchor(2, seals[2])).problems
    assert problem.kind == Kind.ANCHOR_PURGED
    assert "à partir du n°\u00a06" in problem.sentence


def test_a_new_secret_takes_the_beginning_over_while_the_old_one_is_a_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 3)
    purge()
    with override_settings(SECRET_KEY="another " * 5, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert verify().sound
        purge()
        assert verify().sound
    assert Kind.ORIGIN_ALTERED in {kind for kind, _sequence in _found()}
