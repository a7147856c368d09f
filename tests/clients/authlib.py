"""Authlib, in a process of its own."""

import contextlib
import json
import os
from collections.abc import Iterator

from tests.clients.staging import SECRET
from tests.clients.world import World
from tests.oidc import live


@contextlib.contextmanager
def running(world: World) -> Iterator[None]:
    """Serve the application that speaks through Authlib."""
    settings = {"issuer": world.portal, "client_id": "authlib", "secret": SECRET}
    addresses = {"redirect_uri": f"{world.authlib}/retour", "after_logout": f"{world.authlib}/au-revoir"}
    arguments = ["-m", "tests.clients.authlib_site", json.dumps({**settings, **addresses})]
    with live.serving(arguments, {"PATH": os.environ["PATH"]}, f"{world.authlib}/au-revoir"):
        yield
