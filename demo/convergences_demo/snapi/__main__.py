"""`python -m convergences_demo.snapi`: the web server in front of SNAPI-CAP, until interrupted.

It becomes Debian's nginx where the machine has one that can ask (`auth_request`), else it asks by itself.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from convergences_demo.snapi.asking_server import SOCKET, Front, serve

PATIENCE, PAUSE = 10.0, 0.02


def main() -> int:
    """Serve until interrupted; return the status of the process."""
    parser = argparse.ArgumentParser(prog="convergences_demo.snapi", description="SNAPI-CAP's web server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8007)
    parser.add_argument("--portal", default="http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, required=True, help="folder of the application's socket")
    parser.add_argument("--server", choices=("nginx", "python", "any"), default="any")
    given = parser.parse_args()
    front = Front(given.host, given.port, given.portal.rstrip("/"), given.data.absolute())
    front.data.mkdir(parents=True, exist_ok=True)
    os.chdir(front.data)  # names of sockets are short: relative to the folder
    _wait_for_application()
    nginx = able_nginx() if given.server != "python" else ""
    if nginx:
        become(nginx, front)
    if given.server == "nginx":
        sys.stderr.write("nginx n’est pas installé, ou ne sait pas demander (auth_request).\n")
        return 2
    return serve(front)


def _wait_for_application() -> None:
    """Wait a little for the application, which starts beside: nobody should be answered that it is not there."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(SOCKET) == 0:
                return
        time.sleep(PAUSE)


def able_nginx() -> str:
    """Return where nginx is, if it can ask, or nothing."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        return ""
    said = subprocess.run([found, "-V"], capture_output=True, text=True, check=False)  # noqa: S603 - found above
    return found if "http_auth_request_module" in said.stderr else ""


def configuration(front: Front) -> str:
    """Return nginx's configuration."""
    template = (Path(__file__).parent / "nginx.conf").read_text(encoding="utf-8")
    return template.format(
        owner="user root;" if os.geteuid() == 0 else "",
        listen=socket.gethostbyname(front.host),
        host=front.host,
        port=front.port,
        portal=front.portal,
        portal_host=urlsplit(front.portal).netloc,
        socket=SOCKET,
    )


def become(nginx: str, front: Front) -> None:
    """Write the configuration and let nginx take the place of this process."""
    (front.data / "nginx.conf").write_text(configuration(front), encoding="utf-8")
    os.execv(nginx, [nginx, "-p", f"{front.data}/", "-c", "nginx.conf", "-e", "stderr"])  # noqa: S606 - no shell


if __name__ == "__main__":
    sys.exit(main())
