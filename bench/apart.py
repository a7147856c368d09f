"""Measuring sizes, each in a process and a database of its own: `--one SIZE` of a module, whose last line is JSON."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench.serving import ROOT, environment, fresh_database

PORT = 9


def sizes(
    module: str, of_what: str, usual: tuple[int, ...], measured: Callable[[int], Any], arguments: list[str] | None
) -> tuple[str, dict[int, Any]]:
    """Return the database's kind and what each size asked for gives; as the process of one size, say it and leave."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(f"--{of_what}", dest="sizes", type=int, action="append", help="a size; may come several times")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(measured(options.one)))
        sys.exit()
    return options.database, {size: apart(module, size, options.database) for size in options.sizes or usual}


def apart(module: str, size: int, kind: str) -> Any:
    """Return what the module measures of this size; raises `RuntimeError` with what it said when it fails."""
    with fresh_database(kind) as (url, folder):
        command = [sys.executable, "-m", module, "--one", str(size)]
        done = subprocess.run(command, cwd=ROOT, env=environment(url, folder, PORT), capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode()[-2000:])
        return json.loads(done.stdout.decode().splitlines()[-1])
