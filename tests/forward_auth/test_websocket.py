"""How long a WebSocket may last, once judged: what the documentation says of each server."""

import os
import signal
from pathlib import Path

from tests.clients import backend
from tests.forward_auth import fronts
from tests.forward_auth.fronts import Front, handshake
from tests.oidc import live
from tests.oidc.live import Portal


def test_nginx_ends_those_of_before_when_it_is_read_again(tmp_path: Path) -> None:
    """By `worker_shutdown_timeout`: `proxy_read_timeout` and its like end none in which somebody talks."""
    front = Front("nginx", f"http://localhost:{live.free_port()}")
    with (
        backend.echoing() as portal,
        fronts.running(Portal(portal, tmp_path), front) as folder,
        handshake(front, "") as line,
        line.makefile("rb") as answer,
    ):
        assert b" 101 " in answer.readline()
        os.kill(int((folder / "pid").read_text()), signal.SIGHUP)
        assert answer.read().endswith(b"\x81\x00")  # up to its end
