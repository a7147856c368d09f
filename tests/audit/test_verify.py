"""An administrator of the database changes the journal by hand: `verify` shows it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit import triggers, verification
from convergences.audit.models import AuditEvent, AuditHead
from convergences.audit.sealing import seal_pending
from convergences.audit.verification import Anchor, Kind, verify
from tests.audit.events import NADIA, write
from tests.flushing import unprotected

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def ten_sealed_events(db: None) -> None:
    write(10, actor=NADIA)
    seal_pending()


def found() -> list[tuple[Kind, int]]:
    return [(problem.kind, problem.sequence) for problem in verify().problems]


def test_an_untouched_journal_is_sound() -> None:
    report = verify()
    assert (report.sound, report.checked, report.last_sequence, report.unsealed) == (True, 10, 10, 0)
    assert report.last_seal == AuditEvent.objects.get(sequence=10).seal


@pytest.mark.parametrize(
    "change",
    [
        "actor_label = 'Karim Benali'",
        "details = '{\"position\": 99}'",
        "at = '2020-01-01 00:00:00+00:00'",
        "organization_id = 4",
        "search_text = ''",
        "address = '198.51.100.1'",
        "seal = 'é'",
    ],
)
def test_a_changed_event_is_found_and_the_others_still_hold(change: str) -> None:
    unprotected(f"UPDATE audit_auditevent SET {change} WHERE sequence = 4")
    assert (Kind.ALTERED, 4) in found()
    assert {sequence for _kind, sequence in found()} <= {4, 5}


@pytest.mark.parametrize("change", ["details = 'not json'", "at = 'yesterday'"])
def test_an_event_overwritten_with_nonsense_is_found(change: str) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL refuses it by its types")
    unprotected("PRAGMA ignore_check_constraints = ON")
    unprotected(f"UPDATE audit_auditevent SET {change} WHERE sequence = 4")
    unprotected("PRAGMA ignore_check_constraints = OFF")
    assert found() == [(Kind.ALTERED, 4)]


def test_an_event_removed_in_the_middle_is_found() -> None:
    unprotected("DELETE FROM audit_auditevent WHERE sequence IN (4, 5)")
    assert found() == [(Kind.MISSING, 4)]
    assert verify().problems[0].sentence == "Du n°\u00a04 au n°\u00a05, les événements manquent."


def test_an_event_removed_and_the_others_numbered_again_is_found() -> None:
    unprotected("DELETE FROM audit_auditevent WHERE sequence = 4")
    unprotected("UPDATE audit_auditevent SET sequence = -sequence WHERE sequence > 4")
    unprotected("UPDATE audit_auditevent SET sequence = -sequence - 1 WHERE sequence < 0")
    assert (Kind.ALTERED, 4) in found()
    assert (Kind.CUT, 9) in found()


def test_a_journal_cut_at_its_end_is_found() -> None:
    unprotected("DELETE FROM audit_auditevent WHERE sequence > 7")
    assert found() == [(Kind.CUT, 7)]


def test_a_journal_cut_at_its_end_with_its_head_moved_back_is_found() -> None:
    earlier = AuditEvent.objects.get(sequence=7).seal
    unprotected("DELETE FROM audit_auditevent WHERE sequence > 7")
    AuditHead.objects.update(sequence=7, seal=earlier)
    assert found() == [(Kind.HEAD_ALTERED, 7)]


def test_a_journal_emptied_with_its_head_put_back_to_nothing_is_found() -> None:
    unprotected("DELETE FROM audit_auditevent")
    AuditHead.objects.update(sequence=0, seal="")
    assert found() == [(Kind.HEAD_ALTERED, 0)]


def test_a_head_removed_is_found_even_after_more_events() -> None:
    AuditHead.objects.all().delete()
    assert found() == [(Kind.HEAD_MISSING, 10)]
    write(2)
    seal_pending()
    assert found() == [(Kind.MISSING, 11)]


def test_two_events_swapped_are_found() -> None:
    first, second = AuditEvent.objects.filter(sequence__in=(3, 8)).order_by("sequence")
    unprotected("UPDATE audit_auditevent SET sequence = NULL WHERE sequence = 3")
    unprotected("UPDATE audit_auditevent SET sequence = 3, seal = %s WHERE id = %s", first.seal, second.pk)
    unprotected("UPDATE audit_auditevent SET sequence = 8, seal = %s WHERE id = %s", second.seal, first.pk)
    assert found() == [(Kind.ALTERED, 3), (Kind.ALTERED, 8)]


def test_an_event_put_back_at_another_place_is_found() -> None:
    event = AuditEvent.objects.get(sequence=4)
    unprotected("DELETE FROM audit_auditevent WHERE sequence = 4")
    event.pk, event.actor_label = None, "Karim Benali"
    event.save(force_insert=True)
    assert found() == [(Kind.ALTERED, 4)]


def test_an_event_added_at_the_end_with_a_made_up_seal_is_found() -> None:
    event = AuditEvent.objects.get(sequence=10)
    event.pk, event.sequence, event.seal = None, 11, "0" * 64
    event.save(force_insert=True)
    assert found() == [(Kind.BEYOND_HEAD, 11)]


def test_an_event_added_before_the_first_is_found() -> None:
    event = AuditEvent.objects.get(sequence=10)
    event.pk, event.sequence = None, 0
    event.save(force_insert=True)
    assert found() == [(Kind.ALTERED, 0)]


def test_a_whole_database_put_back_is_found_by_a_seal_noted_elsewhere() -> None:
    seal = AuditEvent.objects.get(sequence=10).seal
    assert verify(Anchor(10, seal)).sound
    assert verify(Anchor(10, "0" * 64)).problems[0].kind == Kind.ANCHOR
    assert verify(Anchor(12, seal)).problems[0].kind == Kind.CUT


def test_missing_triggers_are_found() -> None:
    triggers.remove(connection)
    assert found() == [(Kind.UNPROTECTED, 0)]
    triggers.install(connection)


def test_the_journal_is_read_by_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "CHUNK", 3)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert verify().checked == 10
    assert sum("LIMIT 3" in query["sql"] for query in queries) == 4


def test_a_journal_wholly_rewritten_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "MOST_SHOWN", 3)
    unprotected("UPDATE audit_auditevent SET details = %s", json.dumps({"a": 1}))
    report = verify()
    assert (report.problem_count, len(report.problems)) == (10, 3)
