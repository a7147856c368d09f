"""Debian's nginx, Apache and Caddy in front of two applications that echo, by the texts that an engineer pastes.

At an https address they are pasted as they are, but for the certificates and where applications listen.
"""

import contextlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from convergences.protocols.forward_auth.panel.snippets import Part, Site, text
from tests.clients import backend, tls
from tests.oidc import live
from tests.oidc.live import ROOT, Portal

# The portal's only name where it is served by https: sites have another, which is not in its certificate.
PORTAL = "localhost"
SHIPPED = ROOT / "convergences/protocols/forward_auth/shipped"
APACHE_MODULES = Path("/usr/lib/apache2/modules")
NGINX = """
daemon off;
{owner}
worker_processes 1;
worker_shutdown_timeout 100ms;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
_APACHE = """
ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/pid"
ErrorLog "{folder}/error.log"
ServerName localhost
{modules}
{owner}
StartServers 1
ThreadsPerChild 8
MaxRequestWorkers 16
LogLevel warn
Listen 127.0.0.1:{port}
Include "{folder}/site.conf"
"""
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
_LOADED = "mpm_event authz_core headers lua proxy proxy_http ssl socache_shmcb"


@dataclass(frozen=True)
class Front:
    """A web server: its name, and where it answers."""

    kind: str
    address: str

    @property
    def host(self) -> str:
        """Its name and port."""
        return self.address.partition("://")[2]

    @property
    def port(self) -> str:
        """Its port."""
        return self.address.rsplit(":", 1)[1]

    @property
    def is_secure(self) -> bool:
        """Whether it is served by https, as the portal then is."""
        return self.address.startswith("https://")


def staging_of(fronts: Iterable[Front]) -> list[str]:
    """Return how a portal is filled for these servers: on each, one application at the root, one under /restreint/."""
    described: dict[str, dict[str, object]] = {}
    for front in fronts:
        described[front.kind] = {"host": front.host, "paths": []}
        described[f"{front.kind}-restreint"] = {"host": front.host, "paths": ["/restreint/"]}
    return ["tests.forward_auth.staging", json.dumps(described)]


@contextlib.contextmanager
def running(portal: Portal, front: Front) -> Iterator[Path]:
    """Start a web server and its applications, one at the root and one under /restreint/; stop them.

    The folder of the server is given.
    """
    start = {"nginx": _nginx, "apache": _apache, "caddy": _caddy}[front.kind]
    with (
        tempfile.TemporaryDirectory(prefix="gate-") as folder,
        backend.echoing("root") as root,
        backend.echoing("restreint") as restricted,
    ):
        behind = {"http://127.0.0.1:8080": root, "http://127.0.0.1:8081": restricted}
        _private, certificate = tls.laid_in(Path(folder))
        certificate.write_bytes(certificate.read_bytes() + tls.pair(PORTAL)[1])  # it knows the portal's too
        program, arguments = start(Path(folder), portal, front, behind)
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "SSL_CERT_FILE": str(certificate)}
        with live.serving(arguments, environment, f"{front.address}/gate/leave", program=program):
            yield Path(folder)


def _nginx(folder: Path, portal: Portal, front: Front, behind: dict[str, str]) -> tuple[str, list[str]]:
    plain = {
        f"listen {front.port} ssl": f"listen 127.0.0.1:{front.port}",
        "ssl_certificate /etc": "# ",
        "ssl_certificate_key /etc": "# ",
        "X-Forwarded-Proto https": "X-Forwarded-Proto http",
        **_usual(portal, front),
    }
    changes = {**(_certificates(folder, front, _AUTHORITIES) if front.is_secure else plain), **behind}
    (folder / "site.conf").write_text(pasted("nginx.conf", portal, front, changes))
    owner = "" if os.geteuid() else "user root;"
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, owner=owner))
    return shutil.which("nginx") or "/usr/sbin/nginx", ["-c", str(folder / "nginx.conf"), "-p", str(folder)]


def _apache(folder: Path, portal: Portal, front: Front, behind: dict[str, str]) -> tuple[str, list[str]]:
    inner = str(live.free_port())
    plain = {
        "SSLEngine on": "",
        "SSLCertificateFile ": "# ",
        "SSLCertificateKeyFile ": "# ",
    }
    site = {
        "8901": inner,
        f"*:{front.port}": f"127.0.0.1:{front.port}",
        f"Listen {front.port}": "",
        "/etc/apache2/portail": str(folder),
        **(_own_certificate(folder, front) if front.is_secure else plain),
        **behind,
    }
    at_portal = {_AUTHORITIES: str(folder / "tests.pem")} if front.is_secure else {plain_of(portal): portal.portal}
    asking = {"8901": inner, **at_portal}
    texts = [pasted("apache.conf", portal, front, site), pasted("apache-portail.conf", portal, front, asking)]
    (folder / "site.conf").write_text("\n".join(texts))
    script = {"8901": inner, **({} if front.is_secure else _of_site(front))}
    (folder / f"{front.kind}.lua").write_text(pasted("gate.lua", portal, front, script))
    (folder / "apache.conf").write_text(_apache_around(folder, front))
    arguments = ["-D", "FOREGROUND", "-f", str(folder / "apache.conf")]
    return shutil.which("apache2") or "/usr/sbin/apache2", arguments


def _apache_around(folder: Path, front: Front) -> str:
    """Return the server's own settings; who serves is not who starts, and reads the script."""
    folder.chmod(0o755)
    modules = "\n".join(f'LoadModule {name}_module "{APACHE_MODULES}/mod_{name}.so"' for name in _LOADED.split())
    owner = "" if os.geteuid() else "User www-data\nGroup www-data"
    return _APACHE.format(folder=folder, port=front.port, modules=modules, owner=owner)


def _caddy(folder: Path, portal: Portal, front: Front, behind: dict[str, str]) -> tuple[str, list[str]]:
    plain = {
        f"{front.host} {{": f"{front.address} {{",
        plain_of(portal): portal.portal,
        "__Host-gate": "gate",
    }
    private, certificate = folder / "tests.key", folder / "tests.pem"
    own = {f"{front.host} {{": f"{front.host} {{\n\ttls {certificate} {private}"}
    site = {**(own if front.is_secure else plain), **behind}
    options = "{\n\tadmin off\n\tauto_https " + ("disable_redirects" if front.is_secure else "off") + "\n}\n"
    (folder / "Caddyfile").write_text(options + pasted("Caddyfile", portal, front, site))
    arguments = ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    return shutil.which("caddy") or "/usr/bin/caddy", arguments


def _address(portal: Portal) -> str:
    return portal.portal.partition("://")[2]


def plain_of(portal: Portal) -> str:
    """Return how the texts name the portal."""
    return f"https://{_address(portal)}"


def _of_site(front: Front) -> dict[str, str]:
    return {f"https://{front.host}": front.address, "__Host-gate": "gate"}


def _usual(portal: Portal, front: Front) -> dict[str, str]:
    """Return what stands for TLS, and for a cookie that wants it."""
    return {**_of_site(front), plain_of(portal): portal.portal}


def _certificates(folder: Path, front: Front, authorities: str) -> dict[str, str]:
    """Return where the certificate of the tests is, which is its own authority."""
    return {**_own_certificate(folder, front), authorities: str(folder / "tests.pem")}


def _own_certificate(folder: Path, front: Front) -> dict[str, str]:
    laid = f"/etc/ssl/{front.host.partition(':')[0]}"
    return {f"{laid}/fullchain.pem": str(folder / "tests.pem"), f"{laid}/privkey.pem": str(folder / "tests.key")}


def pasted(name: str, portal: Portal, front: Front, changes: dict[str, str]) -> str:
    """Return what the panel gives for a host and its two applications, made fit for a machine without certificates."""
    parts = (Part("/", front.kind, "Essai"), Part("/restreint/", f"{front.kind}-restreint", "Essai restreint"))
    whole = text(name, Site(front.host, _address(portal), parts))
    for written, used in changes.items():
        assert written in whole, f"{name} does not hold {written}"
        whole = whole.replace(written, used)
    return whole


def handshake(front: Front, cookies: str) -> socket.socket:
    """Ask a page of scripts to become a WebSocket, as a browser does (RFC 6455, section 4.1)."""
    told = {"Host": front.host, "Upgrade": "websocket", "Connection": "Upgrade", "Cookie": cookies}
    told |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    told |= {"Origin": front.address, "Sec-Fetch-Mode": "websocket", "Remote-Email": "forged"}
    line = socket.create_connection(("localhost", int(front.port)), timeout=20)
    line.sendall("\r\n".join(["GET /fil HTTP/1.1", *map(": ".join, told.items()), "", ""]).encode())
    return line
