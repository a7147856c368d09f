"""Debian's Apache with mod_auth_openidc, in the foreground, on a folder and a port of its own."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.clients import backend, examples
from tests.clients.staging import SECRET
from tests.clients.world import World
from tests.oidc import live

MODULES = Path("/usr/lib/apache2/modules")
_NEEDED = "mpm_event authn_core authz_core authz_user headers proxy proxy_http auth_openidc"
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
ProxyPass /oidc/ !
ProxyPass / {backend}/
"""


@contextlib.contextmanager
def running(folder: Path, world: World, name: str) -> Iterator[None]:
    """Run one of the sites, in front of an application that echoes."""
    program = shutil.which("apache2") or "/usr/sbin/apache2"
    address = world.apache[name]
    with backend.echoing() as behind:
        (folder / "site.conf").write_text(_site(folder, world, name))
        values = {"port": address.rsplit(":", 1)[1], "modules": _modules(), "owner": _owner(), "backend": behind}
        (folder / "apache.conf").write_text(_WHOLE.format(folder=folder, **values))
        secrets = {"SECRET_DU_PORTAIL": SECRET, "SECRET_DES_SESSIONS": "a passphrase of the tests"}
        arguments = ["-D", "FOREGROUND", "-f", str(folder / "apache.conf")]
        environment = {"PATH": os.environ["PATH"], **secrets}
        with live.serving(arguments, environment, f"{address}/au-revoir", program=program):
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


def _modules() -> str:
    return "\n".join(f'LoadModule {name}_module "{MODULES}/mod_{name}.so"' for name in _NEEDED.split())


def _owner() -> str:
    """Return whose rights the workers have: Apache refuses to serve as root."""
    return "" if os.geteuid() else "User www-data\nGroup www-data"
