"""Debian's Apache with the module of a protocol, in the foreground, on a folder and a port of its own."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.clients import backend, examples
from tests.clients.staging import SECRET
from tests.clients.world import World
from tests.oidc import live

MODULES = Path("/usr/lib/apache2/modules")
_NEEDED = "mpm_event authn_core authz_core authz_user headers proxy proxy_http"
_WHOLE = """
ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/pid"
ErrorLog "{folder}/error.log"
Listen 127.0.0.1:{port}
ServerName localhost
{modules}
{owner}
StartServers 1
ThreadsPerChild 8
MaxRequestWorkers 16
LogLevel warn
Include "{folder}/site.conf"
ProxyPass {own} !
ProxyPass / {backend}/
"""


@dataclass(frozen=True)
class Site:
    """A site: what configures its module, which paths the module keeps for itself, what its environment holds."""

    address: str
    configuration: str
    module: str
    own: str
    secrets: Mapping[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def folder_of_workers() -> Iterator[Path]:
    """Make a folder that Apache's workers may read, whoever they are; they may write in its `sessions`."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "sessions").mkdir()
        if not os.geteuid():
            shutil.chown(folder / "sessions", "www-data")
        yield folder


@contextlib.contextmanager
def serving(folder: Path, site: Site) -> Iterator[None]:
    """Run Apache in front of an application that echoes."""
    program = shutil.which("apache2") or "/usr/sbin/apache2"
    with backend.echoing() as behind:
        (folder / "site.conf").write_text(site.configuration)
        values = {"port": site.address.rsplit(":", 1)[1], "modules": _modules(site.module), "owner": _owner()}
        whole = _WHOLE.format(folder=folder, backend=behind, own=site.own, **values)
        (folder / "apache.conf").write_text(whole)
        arguments = ["-D", "FOREGROUND", "-f", str(folder / "apache.conf")]
        environment = {"PATH": os.environ["PATH"], **site.secrets}
        with live.serving(arguments, environment, f"{site.address}/au-revoir", program=program):
            yield


@contextlib.contextmanager
def running(folder: Path, world: World, name: str) -> Iterator[None]:
    """Run one of the sites that mod_auth_openidc keeps."""
    secrets = {"SECRET_DU_PORTAIL": SECRET, "SECRET_DES_SESSIONS": "a passphrase of the tests"}
    configuration = _site(folder, world, name)
    with serving(folder, Site(world.apache[name], configuration, "auth_openidc", "/oidc/", secrets)):
        yield


def _site(folder: Path, world: World, name: str) -> str:
    """Return what configures the module: the documentation's example, or what the engineer's pages say to paste."""
    if name == "intranet":
        real = {"https://portail.example": world.portal, "https://intranet.example": world.apache[name]}
        return examples.read("mod_auth_openidc.conf", real)
    (folder / "publique.pem").write_bytes(world.keys.of_apache.as_pem(private=False))
    (folder / "privee.pem").write_bytes(world.keys.of_apache.as_pem(private=True))
    pasted = (world.database.parent / f"{name}.conf").read_text()
    return pasted.replace("/etc/apache2/oidc/", f"{folder}/")


def _modules(last: str) -> str:
    named = {name: f"{name}_module" for name in [*_NEEDED.split(), last]} | (
        {"shib": "mod_shib"} if last == "shib" else {}
    )
    return "\n".join(f'LoadModule {symbol} "{MODULES}/mod_{name}.so"' for name, symbol in named.items())


def _owner() -> str:
    """Return whose rights the workers have: Apache refuses to serve as root."""
    return "" if os.geteuid() else "User www-data\nGroup www-data"
