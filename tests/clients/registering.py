"""`python -m tests.clients.registering DESCRIPTION`: adds to a portal that is served applications that Claire may open.

The description is JSON: by application, its protocol and the fields of its registration in that protocol's room.
"""

import json
import sys

import django


def main() -> None:
    """Write each application, its registration and a right."""
    django.setup()
    from convergences.audit.services import SYSTEM
    from convergences.directory.models import Membership
    from convergences.protocols.cas.services import registration as cas
    from convergences.protocols.saml.services import registration as saml
    from tests.cast import application
    from tests.clients.world import CLAIRE
    from tests.oidc.relying import entitle

    rooms = {"cas": cas.define, "saml": saml.define}
    claire = Membership.objects.select_related("organization").get(agent__email=CLAIRE)
    for slug, fields in json.loads(sys.argv[1]).items():
        protocol = fields.pop("protocol")
        roles = [("reader", "Consulter"), ("manager", "Gérer")]
        opened = application(slug, slug.title(), roles, protocol=protocol)
        entitle(claire, opened, "reader")
        rooms[protocol](opened, fields, actor=SYSTEM)


if __name__ == "__main__":
    main()
