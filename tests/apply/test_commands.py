"""`convergences apply` and `export-config` as an operator types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from convergences.cli.apply import command as apply_command
from convergences.cli.export_config import command as export_command
from convergences.directory.models import Organization
from tests.apply.files import ORGANIZATIONS, write

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def run(*arguments: str | Path) -> Result:
    """Run `convergences apply`."""
    return CliRunner().invoke(apply_command, [str(argument) for argument in arguments])


def test_the_plan_is_printed(tmp_path: Path) -> None:
    result = run(write(tmp_path, ORGANIZATIONS))
    assert result.exit_code == 0
    assert "+ organisation pantin : Ville de Pantin" in result.output
    assert Organization.objects.count() == 2


def test_a_dry_run_says_that_it_is_one(tmp_path: Path) -> None:
    result = run(write(tmp_path, ORGANIZATIONS), "--dry-run")
    assert "rien n'a été écrit" in result.output
    assert not Organization.objects.exists()


def test_a_bad_file_leaves_with_1_and_says_the_line_on_the_error_output(tmp_path: Path) -> None:
    path = write(tmp_path, "organisations: []\n")
    result = run(path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"{path}:1: clé inconnue « organisations »" in result.stderr


def test_json_answers_are_for_programs(tmp_path: Path) -> None:
    path = write(tmp_path, ORGANIZATIONS)
    done = json.loads(run(path, "--json").stdout)
    assert done["applied"] is True
    assert done["changes"][0] == {"action": "create", "kind": "organization", "key": "cig : CIG", "fields": {}}
    path.write_text("x: 1\n")
    refused = json.loads(run(path, "--json").stdout)
    assert (refused["applied"], refused["problems"][0]["line"]) == (False, 1)


def test_several_files_are_one_installation(tmp_path: Path) -> None:
    pantin = ORGANIZATIONS.split("  - key: pantin")[0]
    first = write(tmp_path, ORGANIZATIONS.replace(pantin, "organizations:\n") + "    parent: cig\n", "first.yaml")
    assert run(first, write(tmp_path, pantin, "second.yaml")).exit_code == 0


def test_export_writes_to_a_file(tmp_path: Path) -> None:
    run(write(tmp_path, ORGANIZATIONS))
    target = tmp_path / "out.yaml"
    assert CliRunner().invoke(export_command, ["--output", str(target)]).exit_code == 0
    assert "Ville de Pantin" in target.read_text()
