"""The PostgreSQL of the tests, where a checkout under /root is closed to whom it runs as."""

import os
import pwd
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests import postgresql


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its rights up")
def test_a_closed_checkout_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "_can_traverse", lambda _path: False)
    with tempfile.TemporaryDirectory() as name:  # pytest's own are closed to others
        os.chown(name, pwd.getpwnam(postgresql.UNPRIVILEGED).pw_uid, -1)
        binaries = postgresql._reachable(postgresql._binaries(), Path(name))
        for program in ("initdb", "postgres", "pg_ctl"):
            assert binaries.is_relative_to(name)
            done = subprocess.run([binaries / program, "--version"], user=postgresql.UNPRIVILEGED, check=False)
            assert done.returncode == 0
