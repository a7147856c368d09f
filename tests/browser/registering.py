"""`python -m tests.browser.registering DATA PORTAL ADDRESS ADDRESS`: the applications of the tests, in a demo."""

import os
import sys
from pathlib import Path

import django

from convergences.cli.demo_data.folder import Folder

DENIS = "denis.pereira@vitry.example"
# The second must ask the agent.
NAMES = {"agenda-interne": "Agenda interne", "parc-automobile": "Parc automobile"}


def main() -> None:
    """Write the applications, each with a page to be framed at the sign-out, and Denis's rights."""
    data, portal, *addresses = sys.argv[1:]
    os.environ.update(Folder(Path(data)).environment(portal))
    django.setup()
    from convergences.directory.models import Membership
    from tests.cast import application
    from tests.oidc.relying import define, entitle

    denis = Membership.objects.filter(agent__email=DENIS).order_by("pk")[0]
    for (client_id, name), address in zip(NAMES.items(), addresses, strict=True):
        made = application(client_id, name, [("reader", "Consulter")], protocol="oidc")
        entitle(denis, made)
        define(
            made,
            redirect_uris=[f"{address}/retour"],
            post_logout_redirect_uris=[f"{address}/au-revoir"],
            frontchannel_logout_uri=f"{address}/oublier?par=portail",
            consent_required=client_id == "parc-automobile",
        )


if __name__ == "__main__":
    main()
