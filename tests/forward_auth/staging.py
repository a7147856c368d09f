"""`python -m tests.forward_auth.staging DESCRIPTION`: fills a portal with Claire and what she may open.

The description is JSON: by application, its host and its paths.
"""

import json
import sys
from typing import Any

import django


def main() -> None:
    """Write the cast, Claire's password, an application and a right for each one described."""
    django.setup()
    from tests.cast import application, build_cast, set_password
    from tests.forward_auth.serving import define
    from tests.home.rights import give

    described: dict[str, dict[str, Any]] = json.loads(sys.argv[1])
    cast = build_cast()
    set_password(cast.claire.agent)
    for name, known in described.items():
        opened = application(name, name.title(), [("reader", "Consulter"), ("manager", "Gérer")], protocol="gate")
        give(cast.claire, opened)
        define(opened, known["host"], paths=known["paths"])


if __name__ == "__main__":
    main()
