"""Node.js, and the server in which npm's openid-client speaks to the portal."""

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.clients.examples import FOLDER as EXAMPLES
from tests.clients.staging import SECRET
from tests.clients.world import World
from tests.oidc import live

_HERE = Path(__file__).parent


@contextlib.contextmanager
def running(world: World) -> Iterator[None]:
    """Serve the applications that speak openid-client."""
    described = {
        "port": int(world.node.rsplit(":", 1)[1]),
        "example": str(EXAMPLES / "openid_client.mjs"),
        "applications": _applications(world),
    }
    arguments = [str(_HERE / "server.mjs"), json.dumps(described)]
    environment = {"PATH": os.environ["PATH"]}
    with live.serving(arguments, environment, f"{world.node}/healthz", program=program()):
        yield


def program() -> str:
    """Return the path of Node.js."""
    said = subprocess.run(["sh", str(live.ROOT / "tools/node.sh")], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return said.stdout.strip()


def _applications(world: World) -> dict[str, dict[str, Any]]:
    ways: dict[str, dict[str, Any]] = {
        "simple": {},
        "pushed": {"pushed": True, "signedBy": "RS256"},
        "bound": {"dpop": True},
        "signed": {"jwk": world.keys.of_node.as_dict(private=True), "signedBy": "EdDSA"},
        "posted": {"formPost": True},
    }
    return {name: {**_settings(world, name), **more} for name, more in ways.items()}


def _settings(world: World, name: str) -> dict[str, Any]:
    base = f"{world.node}/{name}"
    addresses = {"redirectUri": f"{base}/retour", "afterLogout": f"{base}/au-revoir"}
    return {"issuer": world.portal, "clientId": name, "secret": SECRET, **addresses}
