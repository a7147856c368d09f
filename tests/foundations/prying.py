"""A reader that hostile bytes have taken over: what it tries, in the process where such bytes are read."""

import json
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from convergences.foundations import sandbox


def _tried(attempt: Callable[[], Any]) -> str:
    try:
        return f"done: {attempt()}"
    except Exception as error:
        return type(error).__name__


def _forked() -> int:
    child = os.fork()
    if child == 0:
        os._exit(0)
    return os.waitpid(child, 0)[1]


def _connected(asked: dict[str, Any]) -> None:
    with socket.create_connection(("127.0.0.1", asked["port"]), timeout=5):
        pass


def _act(sent: bytes) -> bytes:
    asked = json.loads(sent)
    attempts: dict[str, Callable[[], Any]] = {
        "connect": lambda: _connected(asked),
        "datagram": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "write": lambda: Path(asked["folder"], "written").write_text("x"),
        "append": lambda: os.open(asked["secret"], os.O_WRONLY | os.O_APPEND),
        "delete": lambda: Path(asked["secret"]).unlink(),
        "read": lambda: Path(asked["secret"]).read_text(),
        "read environment of the server": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "fork": _forked,
        "program": lambda: subprocess.run(["/bin/true"], check=True),
        "signal": lambda: os.kill(os.getppid(), 0),
        "memory": lambda: len(bytearray(4 << 30)),
    }
    said = {name: _tried(attempt) for name, attempt in attempts.items()}
    names = [f"{name}={value}" for name, value in os.environ.items()]
    opened = sorted(int(name) for name in range(64) if _is_open(name))
    lazy = _tried(lambda: __import__("colorsys").__name__)  # our own code is still read
    return json.dumps({**said, "environment": names, "open": opened, "lazy": lazy, "folder": str(Path.cwd())}).encode()


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sandbox.serve(_act)
