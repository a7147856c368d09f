"""The worker, as processes: several at once, killed, stopped, without its database."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installation import Installation, Template, installed
from tests.foundations.smtp import Server, listening

pytestmark = [pytest.mark.long, pytest.mark.database]

FILL = """
from django.db import transaction
from convergences.audit.actions import Action
from convergences.audit.services import SYSTEM, record
from convergences.foundations.outbox import Mail, post
for number in range(40):
    with transaction.atomic():
        record(Action.JOURNAL_EXPORTED, actor=SYSTEM, number=number)
        post(Mail("test", f"agent{number}@pantin.example", f"Numéro {number}", "Bonjour", "<p>Bonjour</p>"))
"""
LEFT = """
SELECT (SELECT COUNT(*) FROM audit_auditevent WHERE sequence IS NULL)
     + (SELECT COUNT(*) FROM foundations_outboxmessage WHERE sent_at IS NULL)
"""
HANG_UP = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
LIVING = "SELECT COUNT(*) FROM foundations_heartbeat"


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as running:
        yield running


@pytest.fixture
def installation(tmp_path: Path, template: Template, server: Server) -> Iterator[Installation]:
    with installed(tmp_path, template, EMAIL_URL=server.url) as made:
        yield made


def until(condition: object, seconds: float = 60.0) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _nothing = process.communicate(timeout=60)
    return process.returncode, output


def test_three_workers_one_killed_do_everything_once(installation: Installation, server: Server) -> None:
    installation.python(FILL)
    workers = [installation.start("worker") for _ in range(3)]
    until(lambda: len(server.received) > 5)
    workers[0].kill()
    workers[0].communicate()
    until(lambda: len(server.received) >= 39)
    until(lambda: installation.query(LEFT)[0][0] <= 1)  # at most the letter that the killed one had in hand
    for worker in workers[1:]:
        worker.send_signal(signal.SIGTERM)
    for worker in workers[1:]:
        code, output = ended(worker)
        assert (code, "Traceback" in output) == (0, False), output
    assert installation.run("audit", "verify").returncode == 0
    assert len({mail["To"] for mail in server.received}) >= 39
    assert len(server.received) == len({mail["Message-ID"] for mail in server.received})


def test_ctrl_c_stops_it_cleanly_and_it_says_goodbye(installation: Installation) -> None:
    worker = installation.start("worker")
    until(lambda: installation.query(LIVING) == [(1,)])
    worker.send_signal(signal.SIGINT)
    code, output = ended(worker)
    assert (code, "Traceback" in output) == (0, False), output
    assert installation.query(LIVING) == [(0,)]


def test_once_does_what_waits_and_ends(installation: Installation, server: Server) -> None:
    installation.python(FILL)
    done = installation.run("worker", "--once", "--json")
    assert done.returncode == 0, done.stderr
    assert '"deliver": 40' in done.stdout
    assert '"seal": 40' in done.stdout
    assert len(server.received) == 40


def test_it_waits_for_a_database_that_is_not_ready(installation: Installation) -> None:
    installation.python(
        "from django.core.management import call_command; call_command('migrate', 'audit', 'zero', verbosity=0)"
    )
    worker = installation.start("worker")
    time.sleep(4)
    assert worker.poll() is None
    installation.run("migrate")
    until(lambda: installation.query(LIVING) == [(1,)])
    worker.send_signal(signal.SIGTERM)
    assert ended(worker)[0] == 0


def test_it_survives_a_database_that_drops_every_connection(installation: Installation, server: Server) -> None:
    if "postgresql" not in installation.settings["CONVERGENCES_DATABASE_URL"]:
        pytest.skip("SQLite is a file: nobody can hang up")
    worker = installation.start("worker")
    until(lambda: installation.query(LIVING) == [(1,)])
    for _ in range(3):
        installation.query(HANG_UP)
        time.sleep(1)
    installation.python(FILL)
    until(lambda: installation.query(LEFT) == [(0,)])
    worker.send_signal(signal.SIGTERM)
    assert ended(worker)[0] == 0
    assert len(server.received) == 40
