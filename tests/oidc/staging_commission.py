"""`python -m tests.oidc.staging_commission ADDRESS`: fills a live portal with the cast and the Commission."""

import sys

import django

from tests.oidc.staging import SECRET


def main() -> None:
    """Write the cast, Claire's password, and her right on an application that asks as much as can be asked."""
    django.setup()
    from convergences.catalog.models import Assurance
    from tests.cast import build_cast, set_password
    from tests.oidc.relying import define, entitle

    address = sys.argv[1]
    cast = build_cast()
    set_password(cast.claire.agent)
    application = cast.cotisations
    application.assurance = Assurance.FRESH_SECOND_FACTOR
    application.attributes = ["email", "name", "organization", "siret", "roles"]
    application.save()
    entitle(cast.claire, application, "filer")
    define(
        application,
        client_id="commission",
        client_secret=SECRET,
        redirect_uris=[f"{address}/retour"],
        post_logout_redirect_uris=[f"{address}/au-revoir"],
        backchannel_logout_uri=f"{address}/deconnexion-par-le-portail",
        scope="openid profile email",
    )


if __name__ == "__main__":
    main()
