"""Debian's nginx, Apache and Caddy in front of an application that echoes, by the files that the product ships."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.clients import backend
from tests.oidc import live
from tests.oidc.live import ROOT, Portal

SHIPPED = ROOT / "convergences/protocols/forward_auth/shipped"
APACHE_MODULES = Path("/usr/lib/apache2/modules")
_NGINX = """
daemon off;
{owner}
worker_processes 1;
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
_LOADED = "mpm_event authz_core lua proxy proxy_http ssl socache_shmcb"


@dataclass(frozen=True)
class Front:
    """A web server: its name, and where it answers."""

    kind: str
    address: str

    @property
    def port(self) -> str:
        """Its port."""
        return self.address.rsplit(":", 1)[1]


@contextlib.contextmanager
def running(portal: Portal, front: Front) -> Iterator[None]:
    """Start a web server and its application; stop them."""
    start = {"nginx": _nginx, "apache": _apache, "caddy": _caddy}[front.kind]
    with tempfile.TemporaryDirectory(prefix="gate-") as folder, backend.echoing() as behind:
        program, arguments = start(Path(folder), portal, front, behind)
        environment = {"PATH": os.environ["PATH"], "HOME": folder}
        with live.serving(arguments, environment, f"{front.address}/gate/leave", program=program):
            yield


def _nginx(folder: Path, portal: Portal, front: Front, behind: str) -> tuple[str, list[str]]:
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{front.port}",
        "ssl_certificate /etc": "# ",
        "ssl_certificate_key /etc": "# ",
        **_usual(portal, front, behind),
    }
    (folder / "site.conf").write_text(changed("nginx.conf", changes))
    owner = "" if os.geteuid() else "user root;"
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, owner=owner))
    return shutil.which("nginx") or "/usr/sbin/nginx", ["-c", str(folder / "nginx.conf"), "-p", str(folder)]


def _apache(folder: Path, portal: Portal, front: Front, behind: str) -> tuple[str, list[str]]:
    inner = str(live.free_port())
    changes = {
        "*:443": f"127.0.0.1:{front.port}",
        "SSLEngine on": "",
        "SSLCertificateFile ": "# ",
        "SSLCertificateKeyFile ": "# ",
        "/etc/apache2/portail": str(folder),
        "8901": inner,
    }
    site = {**changes, **{name: value for name, value in _usual(portal, front, behind).items() if "__" not in name}}
    (folder / "site.conf").write_text(changed("apache.conf", site, partly=True))
    script = {"https://snapi.example": front.address, "8901": inner, "__Host-gate": "gate"}
    (folder / "gate.lua").write_text(changed("gate.lua", script))
    modules = "\n".join(f'LoadModule {name}_module "{APACHE_MODULES}/mod_{name}.so"' for name in _LOADED.split())
    owner = "" if os.geteuid() else "User www-data\nGroup www-data"
    folder.chmod(0o755)  # the script is read by who serves, not by who starts
    whole = _APACHE.format(folder=folder, port=front.port, modules=modules, owner=owner)
    (folder / "apache.conf").write_text(whole)
    arguments = ["-D", "FOREGROUND", "-f", str(folder / "apache.conf")]
    return shutil.which("apache2") or "/usr/sbin/apache2", arguments


def _caddy(folder: Path, portal: Portal, front: Front, behind: str) -> tuple[str, list[str]]:
    usual = _usual(portal, front, behind)
    names = ("https://portail.example", "Host portail.example", "__Host-gate", "http://127.0.0.1:8080")
    site = {"snapi.example {": f"{front.address} {{", **{name: usual[name] for name in names}}
    options = "{\n\tadmin off\n\tauto_https off\n}\n"
    (folder / "Caddyfile").write_text(options + changed("Caddyfile", site))
    arguments = ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    return shutil.which("caddy") or "/usr/bin/caddy", arguments


def _usual(portal: Portal, front: Front, behind: str) -> dict[str, str]:
    return {
        "https://snapi.example": front.address,
        "Host snapi.example": f"Host localhost:{front.port}",
        "https://portail.example": portal.portal,
        "Host portail.example": f"Host {portal.portal.removeprefix('http://')}",
        "X-Forwarded-Proto https": "X-Forwarded-Proto http",
        "__Host-gate": "gate",
        "http://127.0.0.1:8080": behind,
    }


def changed(name: str, changes: dict[str, str], *, partly: bool = False) -> str:
    """Return a shipped file whose addresses become those of the tests; each must be there, unless `partly`."""
    text = (SHIPPED / name).read_text()
    for written, used in changes.items():
        assert partly or written in text, f"{name} does not hold {written}"
        text = text.replace(written, used)
    return text
