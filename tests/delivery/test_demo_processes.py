"""The demo's processes start together and end together, however the end comes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from convergences.cli.demo_data.processes import Crew, Program, Stopped

SLEEPS = "import time; print('started', flush=True); time.sleep(60)"
HAS_A_CHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)"
)
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def program(folder: Path, code: str, name: str = "BIP", *, vital: bool = True) -> Program:
    """Return a process that runs some Python."""
    return Program(name, [sys.executable, "-c", code], dict(os.environ), folder / f"{name}.log", vital=vital)


def alive(pid: int) -> bool:
    """Say whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(condition: object, *, within: float = 10.0) -> bool:
    """Wait until a condition holds."""
    limit = time.monotonic() + within
    while time.monotonic() < limit:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def crew() -> Iterator[Crew]:
    """A crew that leaves nobody behind."""
    made = Crew()
    yield made
    made.stop()


def test_stopping_ends_grandchildren_too(crew: Crew, tmp_path: Path) -> None:
    started = program(tmp_path, HAS_A_CHILD)
    crew.start(started)
    assert eventually(lambda: started.log.read_text().strip())
    grandchild = int(started.log.read_text())
    crew.stop()
    assert eventually(lambda: not alive(grandchild))


def test_a_process_that_will_not_hear_is_ended_all_the_same(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convergences.cli.demo_data.processes.GRACE_S", 0.3)
    started = program(tmp_path, DEAF)
    crew.start(started)
    assert eventually(lambda: started.log.read_text().strip())
    pid = crew.running["BIP"][1].pid
    crew.stop()
    assert not alive(pid)


def test_a_crash_is_reported_with_the_last_words(crew: Crew, tmp_path: Path) -> None:
    crew.start(program(tmp_path, "raise SystemExit('no such portal')"))
    with pytest.raises(Stopped) as stopped:
        assert eventually(crew.check)
    assert "BIP s'est arrêté (code 1)" in stopped.value.sentence()
    assert "no such portal" in stopped.value.sentence()


def test_the_others_go_on_without_a_process_that_is_not_vital(crew: Crew, tmp_path: Path) -> None:
    crew.start(program(tmp_path, SLEEPS, "portal"))
    crew.start(program(tmp_path, "raise SystemExit(3)", vital=False))
    gone: list[Stopped] = []
    assert eventually(lambda: gone.extend(filter(None, [crew.check()])) or gone)
    assert (gone[0].program.name, gone[0].status) == ("BIP", 3)
    assert list(crew.running) == ["portal"]


def test_who_does_not_answer_is_named(crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convergences.cli.demo_data.processes.PATIENCE_S", 0.2)
    silent = program(tmp_path, SLEEPS)
    crew.start(Program(silent.name, silent.command, silent.environment, silent.log, answers_at="http://127.0.0.1:9/"))
    with pytest.raises(TimeoutError, match="BIP"):
        crew.wait_until_ready()


def test_nobody_outlives_a_command_that_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "BIP.log"
    code = (
        "import os, sys, time; from pathlib import Path;"
        "from convergences.cli.demo_data.processes import Crew, Program; crew = Crew();"
        f"crew.start(Program('BIP', [sys.executable, '-c', {SLEEPS!r}], dict(os.environ), Path({str(log)!r})));"
        "print(crew.running['BIP'][1].pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert eventually(lambda: log.exists() and log.read_text().strip())
        parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: not alive(child))
