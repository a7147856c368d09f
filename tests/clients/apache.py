"""Debian's Apache with mod_auth_openidc, in the foreground, on a folder and a port of its own."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.clients import backend, examples
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
Include "{folder}/example.conf"
ProxyPass /oidc/ !
ProxyPass / {backend}/
"""


@contextlib.contextmanager
def running(folder: Path, world: World, secret: str) -> Iterator[None]:
    """Run Apache by the example of the documentation, in front of an application that echoes."""
    program = shutil.which("apache2") or "/usr/sbin/apache2"
    real = {"https://portail.example": world.portal, "https://intranet.example": world.apache}
    with backend.echoing() as behind:
        (folder / "example.conf").write_text(examples.read("mod_auth_openidc.conf", real))
        whole = _WHOLE.format(
            folder=folder, port=world.apache.rsplit(":", 1)[1], modules=_modules(), owner=_owner(), backend=behind
        )
        (folder / "apache.conf").write_text(whole)
        secrets = {"SECRET_DU_PORTAIL": secret, "SECRET_DES_SESSIONS": "a passphrase of the tests"}
        environment = {"PATH": os.environ["PATH"], **secrets}
        arguments = ["-D", "FOREGROUND", "-f", str(folder / "apache.conf")]
        with live.serving(arguments, environment, f"{world.apache}/au-revoir", program=program):
            yield


def _modules() -> str:
    return "\n".join(f'LoadModule {name}_module "{MODULES}/mod_{name}.so"' for name in _NEEDED.split())


def _owner() -> str:
    """Return whose rights the workers have: Apache refuses to serve as root."""
    return "" if os.geteuid() else "User www-data\nGroup www-data"
