"""`convergences demo` says plainly what stands in its way."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from convergences.cli.demo import command
from convergences.cli.demo_data.clients import CLIENTS
from convergences.cli.demo_data.folder import Folder
from tests.delivery.running import free_ports


@pytest.mark.parametrize("offset", range(1 + len(CLIENTS)))
def test_a_taken_port_is_named_with_the_option_that_changes_it(tmp_path: Path, offset: int) -> None:
    port = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port + offset))
        other.listen()
        result = CliRunner().invoke(command, ["--port", str(port), "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert f"Le port {port + offset} est déjà pris" in result.output
    assert "--port" in result.output
    assert "make run PORT=" in result.output


def test_a_demo_that_already_runs_there_is_said(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    folder.prepare()
    with folder.held():
        result = CliRunner().invoke(command, ["--port", str(free_ports()), "--data", str(folder.path)])
    assert result.exit_code == 1
    assert "tourne déjà" in result.output


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(command, ["--port", str(free_ports()), "--data", str(tmp_path / "file")])
    assert result.exit_code != 0
