"""`convergences audit`."""

import json
from pathlib import Path

import pytest

from convergences.audit.models import AuditEvent
from convergences.audit.sealing import seal_pending
from convergences.audit.services import About
from tests.audit.events import NADIA, write
from tests.cli.commands import run, told
from tests.flushing import unprotected

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_an_intact_journal_is_said_so() -> None:
    write(3)
    seal_pending()
    assert told("audit", "verify")["checked"] == 3
    done = run("audit", "verify")
    assert (done.exit_code, "Le journal est intact : 3 événements" in done.stdout) == (0, True)


def test_a_changed_journal_fails_the_command() -> None:
    write(3)
    seal_pending()
    unprotected("UPDATE audit_auditevent SET actor_label = 'x' WHERE sequence = 2")
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert "L’événement n°\u00a02 a été modifié" in done.stdout
    assert told("audit", "verify")["sound"] is False


def test_a_seal_noted_elsewhere_is_compared() -> None:
    write(3)
    seal_pending()
    seal = AuditEvent.objects.get(sequence=2).seal
    assert run("audit", "verify", "--anchor", f"2:{seal}").exit_code == 0
    assert run("audit", "verify", "--anchor", f"2:{'0' * 64}").exit_code == 1
    assert run("audit", "verify", "--anchor", "nonsense").exit_code == 2


def test_the_journal_is_exported_and_the_export_is_in_the_journal(tmp_path: Path) -> None:
    write(2, actor=NADIA, about=About(subject_label="=cmd()"))
    file = tmp_path / "journal.csv"
    assert run("audit", "export", "--output", str(file)).exit_code == 0
    text = file.read_text(encoding="utf-8")
    assert text.count("Nadia Ferhat") == 2
    assert "'=cmd()" in text
    assert AuditEvent.objects.order_by("-id")[0].action == "operations.journal_exported"


def test_the_export_is_also_one_json_object_per_line() -> None:
    write(2, actor=NADIA)
    lines = [json.loads(line) for line in run("audit", "export", "--json").stdout.splitlines()]
    assert [line["label"] for line in lines] == ["Journal exporté", "Scène jouée", "Scène jouée"]


def test_days_bound_the_export() -> None:
    write(1)
    assert run("audit", "export", "--json", "--to", "2020-01-01").stdout == ""
    assert run("audit", "export", "--from", "demain").exit_code == 2
