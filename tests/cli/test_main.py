"""The command itself, before any setting is made and when one is wrong."""

import json
import os
import subprocess
import sys

import pytest

from convergences.cli.main import COMMANDS
from tests.cli.commands import run


def convergences(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVERGENCES_", "DJANGO_"))}
    environment = {**kept, **{f"CONVERGENCES_{name}": value for name, value in settings.items()}}
    command = [sys.executable, "-m", "convergences", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_help_needs_no_setting_and_names_every_command() -> None:
    done = convergences("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


def test_a_missing_secret_is_said_in_french_without_a_traceback() -> None:
    done = convergences("worker")
    assert done.returncode == 2
    assert "CONVERGENCES_SECRET_KEY manque" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_is_json_when_json_is_asked() -> None:
    done = convergences("doctor", "--json", SECRET_KEY="x" * 40, LOG_FORMAT="xml")
    assert json.loads(done.stdout) == {
        "errors": ["CONVERGENCES_LOG_FORMAT : valeur refusée, attendu : console ou json."]
    }


def test_a_database_that_does_not_answer_is_said_in_french() -> None:
    done = convergences("outbox", "list", SECRET_KEY="x" * 40, DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")
    assert done.returncode == 3
    assert "La base de données ne répond pas" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "demo"])
def test_every_command_has_its_help(name: str) -> None:
    assert run(name, "--help").exit_code == 0
