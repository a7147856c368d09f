"""The server that applications of the demo listen by."""

import socket
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class Server(ThreadingMixIn, WSGIServer):
    """One thread per request, none of which keeps the process alive."""

    daemon_threads = True
    request_queue_size = 64


class Local(Server):
    """A server that this machine's own programs reach, by a socket of the folder it runs in."""

    address_family = socket.AF_UNIX

    def __init__(self, name: str) -> None:
        Path(name).unlink(missing_ok=True)
        super().__init__(name, Quiet)  # type: ignore[arg-type]  # a name, where others have a host and a port

    def server_bind(self) -> None:
        """Listen, for this user alone."""
        TCPServer.server_bind(self)
        Path(str(self.server_address)).chmod(0o600)
        self.server_name, self.server_port = "localhost", 0
        self.setup_environ()

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        """Return a connection; whoever is at its other end has no address."""
        connection, _ = self.socket.accept()
        return connection, ("local", 0)


class Quiet(WSGIRequestHandler):
    """Writes no line per request: the demo's terminal belongs to the portal."""

    def log_message(self, format: str, *_args: object) -> None:  # noqa: A002 - the parent's name
        """Write nothing."""
