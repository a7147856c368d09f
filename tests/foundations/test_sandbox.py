"""Hostile bytes that took their reader over find no network, no file, no secret and no other process."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convergences.foundations import sandbox
from convergences.foundations.errors import Refusal
from convergences.foundations.sandbox import measures

PRYING = "tests.foundations.prying"
WITHOUT = """
import sys
from convergences.foundations import sandbox
from convergences.foundations.sandbox import confinement
from tests.foundations import prying
for name in sys.argv[2:]:
    setattr(confinement, name, lambda: False)
sandbox.serve(prying._act)
"""


def _pried(folder: Path, read: Callable[[bytes], bytes]) -> dict[str, str]:
    """Let a reader that was taken over try everything; return what came of each attempt."""
    secret = folder / "secret"
    secret.write_text("the key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = {"port": server.getsockname()[1], "folder": str(folder), "secret": str(secret)}
        said: dict[str, str] = json.loads(read(json.dumps(asked).encode()))
    return said


def _succeeded(said: dict[str, Any]) -> set[str]:
    kept = ("environment", "open", "lazy", "folder")
    return {name for name, outcome in said.items() if name not in kept and outcome.startswith("done")}


def test_a_reader_taken_over_reaches_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERGENCES_SECRET_KEY", "a secret of the environment")
    monkeypatch.setenv("DATABASE_PASSWORD", "another")
    inherited = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(inherited, True)
    try:
        said: dict[str, Any] = _pried(tmp_path, lambda sent: sandbox.run(PRYING, sent, Refusal))
    finally:
        os.close(inherited)
    without_landlock = {"read", "read environment of the server"}
    assert _succeeded(said) <= (without_landlock if "no_file" in measures.missing() else set())
    assert {line.split("=")[0] for line in said["environment"]} <= {"PYTHONPATH", "LC_ALL"}
    assert (said["open"], said["lazy"], said["folder"]) == ([0, 1, 2], "done: colorsys", "/")
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    assert (tmp_path / "secret").read_text() == "the key"


@pytest.mark.parametrize(
    ("without", "reached"),
    [
        (["filter_out"], {"datagram"}),  # on a network where there is nobody
        (["_leave_network", "_leave_files"], {"read", "read environment of the server"}),
        (["filter_out", "_leave_network", "_leave_files", "_promise"], None),
    ],
)
def test_each_measure_stands_alone_and_a_kernel_that_has_none_reads_all_the_same(
    tmp_path: Path, without: list[str], reached: set[str] | None
) -> None:
    def read(sent: bytes) -> bytes:
        command = [sys.executable, "-c", WITHOUT, "20", *without]
        return subprocess.run(command, input=sent, stdout=subprocess.PIPE, check=True).stdout[1:]

    done = _succeeded(_pried(tmp_path, read))
    if reached is None:
        assert "memory" not in done
    else:
        assert done - {"fork", "program", "delete"} <= reached
