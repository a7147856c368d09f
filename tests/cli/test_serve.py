"""`convergences serve`, as a process."""

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cli.installation import Installation, Template, installed
from tests.foundations.smtp import free_port

pytestmark = pytest.mark.database


@pytest.fixture
def installation(tmp_path: Path, template: Template) -> Iterator[Installation]:
    with installed(tmp_path, template, BASE_URL="http://127.0.0.1") as made:
        yield made


def answered(address: str) -> requests.Response:
    for _ in range(300):
        try:
            return requests.get(address, timeout=30)
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")


def speaks_http_2(port: int) -> bool:
    """Say whether the server takes the preface of HTTP/2 (RFC 9113, section 3.4)."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5))
        return line.makefile("rb").read(4)[3:] == b"\x04"  # a frame of settings


def test_it_answers_and_stops_cleanly(installation: Installation) -> None:
    port = free_port()
    server = installation.start("serve", "--port", str(port), "--workers", "1")
    assert answered(f"http://127.0.0.1:{port}/healthz").text == "ok"
    assert answered(f"http://127.0.0.1:{port}/readyz").json()["keys"] == "ok"
    page = answered(f"http://127.0.0.1:{port}/connexion?next=/secret-place")
    assert page.status_code == 200
    assert b"/static/" in page.content
    assert not speaks_http_2(port)
    second = installation.run("serve", "--port", str(port))
    assert (second.returncode, f"Le port {port} est déjà pris" in second.stderr) == (1, True)
    server.send_signal(signal.SIGTERM)
    output, _nothing = server.communicate(timeout=60)
    assert server.returncode == 0, output
    assert "secret-place" not in output
    assert all(json.loads(line) for line in output.splitlines())


def test_a_taken_port_is_said_in_french(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = installation.run("serve", "--port", str(port))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"Le port {port} est déjà pris." in done.stderr


def test_a_database_behind_is_not_served(installation: Installation) -> None:
    installation.python(
        "from django.core.management import call_command; call_command('migrate', 'audit', 'zero', verbosity=0)"
    )
    done = installation.run("serve", "--port", str(free_port()))
    assert done.returncode == 1
    assert "convergences migrate" in done.stderr


def test_files_are_for_this_account_alone(template: Template) -> None:
    file = template.folder / "template.sqlite3"
    if not file.exists():
        pytest.skip("PostgreSQL keeps its own files")
    assert file.stat().st_mode & 0o077 == 0
