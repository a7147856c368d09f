"""`convergences doctor` tries what the product leans on."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.db import connection, transaction
from django.test import override_settings

from convergences.audit import triggers
from convergences.foundations import clock, heartbeats, keys
from convergences.foundations.outbox import Mail, post
from tests.cli.commands import run, told
from tests.foundations.smtp import free_port, listening

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def everything_in_order(tmp_path: Path) -> None:
    keys.ensure()
    heartbeats.beat()


def failed() -> set[str]:
    return {trial["name"] for trial in told("doctor") if not trial["succeeded"]}


def test_everything_is_well(tmp_path: Path) -> None:
    with listening() as server, override_settings(EMAIL_URL=server.url, MEDIA_ROOT=tmp_path / "media"):
        done = run("doctor")
    assert done.exit_code == 0, done.stdout
    assert server.received == []


def test_a_mail_server_that_does_not_answer_is_named() -> None:
    with override_settings(EMAIL_URL=f"smtp://127.0.0.1:{free_port()}"):
        assert "courrier" in failed()


def test_a_media_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file, not a folder")
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        assert "fichiers" in failed()


def test_keys_that_no_longer_open_are_named() -> None:
    with override_settings(SECRET_KEY="another secret of more than 32 characters"):
        assert "clés" in failed()


def test_a_journal_without_its_triggers_is_named() -> None:
    triggers.remove(connection)
    assert "schéma" in failed()
    triggers.install(connection)


def test_late_mails_and_silent_workers_are_named() -> None:
    with transaction.atomic():
        post(Mail("test", "a@p.example", "x", "x", "x"))
    with time_machine.travel(clock.now() + dt.timedelta(minutes=6)):
        assert {"courriers en attente", "travail de fond"} <= failed()
        assert run("doctor").exit_code == 1
