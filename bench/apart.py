"""Measuring one size in a process and a database of its own: `--one SIZE` of a module, whose last line is JSON."""

import json
import subprocess
import sys
from typing import Any

from bench.oidc import _database as database
from bench.serving import ROOT, environment

PORT = 9


def apart(module: str, size: int, kind: str) -> Any:
    """Return what the module measures of this size; raises `RuntimeError` with what it said when it fails."""
    with database(kind) as (url, folder):
        command = [sys.executable, "-m", module, "--one", str(size)]
        done = subprocess.run(command, cwd=ROOT, env=environment(url, folder, PORT), capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode()[-2000:])
        return json.loads(done.stdout.decode().splitlines()[-1])
