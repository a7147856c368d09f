"""`convergences outbox`."""

import pytest
from django.db import transaction

from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from convergences.foundations.outbox import Mail, post
from tests.cli.commands import run, told

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def letters(db: None) -> tuple[OutboxMessage, OutboxMessage]:
    with transaction.atomic():
        waiting, dead = (post(Mail("code", f"{name}@p.example", "Code 123456", "123456", "123456")) for name in "ab")
    OutboxMessage.objects.filter(pk=dead.pk).update(dead_at=clock.now(), attempts=8, last_error="550 no such user")
    return waiting, dead


def test_mails_are_listed_without_what_they_say(letters: tuple[OutboxMessage, OutboxMessage]) -> None:
    done = run("outbox", "list")
    assert "550 no such user" in done.stdout
    assert "123456" not in done.stdout
    assert [mail["state"] for mail in told("outbox", "list")] == ["dead", "waiting"]
    assert [mail["state"] for mail in told("outbox", "list", "--dead")] == ["dead"]


def test_a_dead_letter_is_put_back(letters: tuple[OutboxMessage, OutboxMessage]) -> None:
    waiting, dead = letters
    assert told("outbox", "retry", str(waiting.pk)) == {"retried": 0}
    assert told("outbox", "retry", str(dead.pk)) == {"retried": 1}
    dead.refresh_from_db()
    assert (dead.dead_at, dead.attempts) == (None, 0)


def test_all_dead_letters_are_put_back(letters: tuple[OutboxMessage, OutboxMessage]) -> None:
    assert told("outbox", "retry", "--all") == {"retried": 1}
    assert run("outbox", "retry").exit_code == 2
