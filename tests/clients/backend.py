"""An application behind Apache: it answers with what it receives, and has nothing of ours inside."""

import base64
import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Echo(BaseHTTPRequestHandler):
    name: str

    def do_GET(self) -> None:
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self._echo_frames()
            return
        # Headers are bytes: UTF-8 that Apache passes on, which Python reads as Latin-1.
        received = {name: value.encode("latin-1").decode() for name, value in self.headers.items()}
        every = [[name, value.encode("latin-1").decode()] for name, value in self.headers.items()]
        body = json.dumps({"name": self.name, "path": self.path, "headers": received, "every": every}).encode()
        wanted = self.path.partition("/answer/")[2]
        self.send_response(int(wanted) if wanted.isdigit() else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _echo_frames(self) -> None:
        """Open a WebSocket (RFC 6455, section 4.2.2), say who came, then send back what comes until it is closed."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accepted = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest()).decode()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accepted)):
            self.send_header(name, value)
        self.end_headers()
        said = self.headers.get("Remote-Email", "").encode()
        self.wfile.write(bytes([0x81, len(said)]) + said)
        while len(begun := self.rfile.read(6)) == 6 and begun[0] == 0x81:
            masked = self.rfile.read(begun[1] & 0x7F)
            text = bytes(sign ^ begun[2 + place % 4] for place, sign in enumerate(masked))
            self.wfile.write(bytes([0x81, len(text)]) + text)
        self.close_connection = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Write nothing."""


@contextlib.contextmanager
def echoing(name: str = "") -> Iterator[str]:
    """Serve until left; the address is given."""
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Echo", (_Echo,), {"name": name})) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
