"""`python -m bench.instructions`: instructions of the processor for each operation, counted by valgrind.

The same at each run, whoever else works on the machine. Neither the server's own, nor what waiting for memory costs, is
in it: how much less is done can be told, not how soon. It runs the application in one process, which has SQLite's own
instructions, and none of PostgreSQL's.
"""

import argparse
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.load import FORM, Unexpected
from bench.operations import OPERATIONS, enter
from bench.serving import ROOT, environment, fresh_database

TIMES, WARM_UP = 30, 15
_VALGRIND = ("valgrind", "--tool=callgrind", "--instr-atstart=no")
_NAMED = re.compile(r"^desc: Trigger: (?:dump )?(\d+)$", re.MULTILINE)
_TOTAL = re.compile(r"^(?:totals|summary): (\d+)$", re.MULTILINE)


class Inside:
    """A caller, as `load.Caller`, of the application in this very process."""

    def __init__(self, application: Any, session: str) -> None:
        self.application, self.session = application, session
        self.kept: dict[str, Any] = {}

    def ask(self, path: str, *, expect: int = 200, form: dict[str, str] | None = None, **headers: str) -> Any:
        """Ask, and return the answer; raises `Unexpected` for another status."""
        body, parts = urlencode(form or {}).encode(), urlsplit(path)
        environ = {
            "REQUEST_METHOD": "GET" if form is None else "POST",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "" if form is None else FORM,
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        }
        told: list[Any] = []
        content = b"".join(self.application(environ, lambda status, given: told.extend((int(status[:3]), dict(given)))))
        if told[0] != expect:
            raise Unexpected(f"{path}: {told[0]} {content[:300]!r}")
        return SimpleNamespace(content=content, headers=told[1])


def main() -> None:
    """Fill a database, count, and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.instructions", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--inside", help="the session of a caller, in the process that is counted")
    options = parser.parse_args()
    if options.inside:
        count(options.inside)
        return
    with fresh_database(options.database) as (url, folder):
        settings = environment(url, folder, 8000)
        settings["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # as served
        for arguments in (("-m", "convergences", "migrate"), ("-m", "bench.filling", "200", "10", "1")):
            done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=settings, capture_output=True, check=True)
        told = f"--callgrind-out-file={folder / 'counted'}"
        inside = f"--inside={json.loads(done.stdout)['sessions'][0]}"
        command = [*_VALGRIND, told, sys.executable, "-m", "bench.instructions", inside]
        subprocess.run(command, cwd=ROOT, env=settings, stderr=subprocess.DEVNULL, check=True)
        for number, total in sorted(_counted(folder)):
            print(f"{OPERATIONS[number].name:28}{total / TIMES / 1000:9.0f} thousand instructions")


def _counted(folder: Path) -> list[tuple[int, int]]:
    texts = [path.read_text() for path in folder.glob("counted*")]
    return [(int(named[1]), int(_TOTAL.findall(text)[-1])) for text in texts if (named := _NAMED.search(text))]


def count(session: str) -> None:
    """Do each operation under valgrind, which counts while it is told to."""
    from convergences.project.wsgi import application

    caller: Any = Inside(application, session)
    enter(caller)
    for number, measured in enumerate(OPERATIONS):
        for _ in range(WARM_UP):
            measured.run(caller)
        _control("--instr=on")
        for _ in range(TIMES):
            measured.run(caller)
        _control("--instr=off")
        _control(f"--dump={number}")


def _control(order: str) -> None:
    subprocess.run(["callgrind_control", order, str(os.getpid())], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
