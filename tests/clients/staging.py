"""`python -m tests.clients.staging DESCRIPTION FOLDER`: fills a portal with Claire and the clients that she may open.

The description is JSON: by client, the fields of its metadata (RFC 7591) that differ. What the engineer's pages would
have pasted in Apache is left in the folder, by client.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

SECRET = "a secret of the clients, long enough"


def main() -> None:
    """Write the cast, Claire's password, an application and a right for each client described."""
    django.setup()
    from convergences.protocols.oidc.panel.snippets import snippets
    from tests.cast import application, build_cast, set_password
    from tests.oidc.relying import define, entitle

    described: dict[str, dict[str, Any]] = json.loads(sys.argv[1])
    cast = build_cast()
    set_password(cast.claire.agent)
    for name, metadata in described.items():
        opened = application(name, name.title(), [("reader", "Consulter"), ("manager", "Gérer")])
        entitle(cast.claire, opened, "reader")
        define(opened, **{"client_secret": SECRET, "scope": "openid profile email", **metadata})
        (pasted,) = [snippet.text for snippet in snippets(opened) if snippet.key == "mod_auth_openidc"]
        (Path(sys.argv[2]) / f"{name}.conf").write_text(pasted)


if __name__ == "__main__":
    main()
