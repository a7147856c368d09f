"""The portal behind TLS, for clients that ask it nothing in clear: a key and a certificate of the tests."""

import contextlib
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests import keypool


@cache
@keypool.apart()
def pair(alone: str = "") -> tuple[bytes, bytes]:
    """Return a private key and its certificate, for this machine by all its names or for one `alone`, in PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"only {alone}" if alone else "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=30))
    here = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    names = [x509.DNSName(alone)] if alone else here
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def laid_in(folder: Path, name: str = "tests", alone: str = "") -> tuple[Path, Path]:
    """Write the private key and the certificate; return where."""
    private, certificate = pair(alone)
    files = folder / f"{name}.key", folder / f"{name}.pem"
    files[0].write_bytes(private)
    files[1].write_bytes(certificate)
    return files


class _Handler(BaseHTTPRequestHandler):
    portal: str

    def do_GET(self) -> None:
        answer = requests.get(f"{self.portal}{self.path}", allow_redirects=False, timeout=20)
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Write nothing."""


@contextlib.contextmanager
def front(folder: Path, portal: str) -> Iterator[str]:
    """Carry requests to a portal from an https address, which is given."""
    private, certificate = laid_in(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    handler = type("Handler", (_Handler,), {"portal": portal})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"https://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
