"""`python -m tests.browser.registering_saml DATA PORTAL JSON`: applications by SAML, by name, in a demo."""

import json
import os
import sys
from pathlib import Path

import django

from convergences.cli.demo_data.folder import Folder


def main() -> None:
    """Write the applications and Denis's rights."""
    data, portal, descriptions = sys.argv[1:]
    os.environ.update(Folder(Path(data)).environment(portal))
    django.setup()
    from convergences.directory.models import Membership
    from tests.browser.registering import DENIS
    from tests.cast import application
    from tests.oidc.relying import entitle
    from tests.saml.serving import define

    denis = Membership.objects.filter(agent__email=DENIS).order_by("pk")[0]
    for name, description in json.loads(descriptions).items():
        made = application(name, name.title(), [("reader", "Consulter")], protocol="saml")
        entitle(denis, made)
        define(made, description)


if __name__ == "__main__":
    main()
