"""The database refuses to change or remove an event, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from convergences.audit import triggers
from convergences.audit.models import AuditEvent
from convergences.audit.sealing import seal_pending
from convergences.audit.services import SYSTEM, record
from tests.audit.events import Rehearsal, write

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def refused(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except IntegrityError as error:
        return "append-only" in str(error)
    return False


def test_an_event_cannot_be_deleted() -> None:
    [event] = write()
    with pytest.raises(IntegrityError), transaction.atomic():
        event.delete()
    assert refused("DELETE FROM audit_auditevent")
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        "actor_label = 'somebody else'",
        "action = 'other'",
        "at = '2020-01-01 00:00:00'",
        "details = '{}'",
        "organization_id = 3",
        "subject_id = 9",
        "search_text = 'x'",
        "sequence = 5",
        "seal = 'x'",
        "sequence = 5, seal = 'x', actor_label = 'somebody else'",
    ],
)
def test_an_event_cannot_be_changed(change: str) -> None:
    write()
    assert refused(f"UPDATE audit_auditevent SET {change}")


def test_a_sealed_event_cannot_be_sealed_again() -> None:
    write()
    seal_pending()
    assert refused("UPDATE audit_auditevent SET sequence = 9, seal = 'x'")
    assert refused("UPDATE audit_auditevent SET sequence = NULL, seal = ''")


def test_postgresql_refuses_to_truncate() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    assert refused("TRUNCATE audit_auditevent")


def test_an_event_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(RuntimeError):
        record(Rehearsal.PLAYED, actor=SYSTEM)


def test_the_last_migration_leaves_the_triggers_in_place() -> None:
    assert ("audit", "0002_append_only") in MigrationExecutor(connection).loader.applied_migrations
    assert triggers.missing(connection) == []
