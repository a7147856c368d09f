"""The worker gives each event its place and its seal."""

import contextlib
import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from convergences.audit.models import AuditEvent, AuditHead
from convergences.audit.sealing import seal_pending
from convergences.audit.verification import Kind, verify
from tests.audit.events import write
from tests.flushing import unprotected

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_events_are_sealed_in_order_and_once() -> None:
    write(5)
    assert seal_pending(3) == 3
    assert seal_pending(3) == 2
    assert seal_pending(3) == 0
    assert list(AuditEvent.objects.order_by("id").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert len(set(AuditEvent.objects.values_list("seal", flat=True))) == 5
    assert verify().sound


def test_a_sealing_that_rolls_back_leaves_the_chain_whole() -> None:
    write(2)
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        seal_pending()
        raise ZeroDivisionError
    assert AuditHead.objects.get().sequence == 0
    seal_pending()
    assert verify().sound


def test_accents_numbers_and_lists_are_sealed_as_they_are_read_back() -> None:
    write(1, note="Été « œuvre »\u00a0!", amount=1.50, many=[1, {"b": None, "a": True}], big=10**15, tiny=1e-7)
    seal_pending()
    assert verify().sound


def test_the_chain_goes_on_under_a_new_secret_while_the_old_one_is_a_fallback() -> None:
    write(2)
    seal_pending()
    with override_settings(
        SECRET_KEY="the secret of next year, 32 characters", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
    ):
        write(2)
        seal_pending()
        assert verify().sound
    assert not verify().sound


def test_a_journal_cut_before_sealing_goes_on_after_a_hole_that_stays() -> None:
    write(3)
    seal_pending()
    unprotected("DELETE FROM audit_auditevent WHERE sequence = 3")
    write(2)
    seal_pending()
    assert list(AuditEvent.objects.order_by("id").values_list("sequence", flat=True)) == [1, 2, 5, 6]
    assert [problem.kind for problem in verify().problems] == [Kind.MISSING]


@pytest.mark.django_db(transaction=True)
def test_several_workers_seal_each_event_once() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads share no database in memory; tests/cli/test_worker.py holds it on a file")
    write(60)

    def work() -> None:
        try:
            for _ in range(20):
                seal_pending(5)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while seal_pending(5):
        pass
    report = verify()
    assert (report.sound, report.checked, report.unsealed) == (True, 60, 0)
