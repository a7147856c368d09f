"""`python -m tests.oidc.staging ADDRESS_OF_BIP`: fills a live portal with the cast, BIP and its client."""

import sys

import django

SECRET = "a secret of the live tests, long enough"


def main() -> None:
    """Write the cast, Claire's password and right, and BIP as the client that really listens."""
    django.setup()
    from tests.cast import build_cast, set_password
    from tests.oidc.relying import define, entitle

    address = sys.argv[1]
    cast = build_cast()
    set_password(cast.claire.agent)
    entitle(cast.claire, cast.bip, "reader")
    define(
        cast.bip,
        client_secret=SECRET,
        redirect_uris=[f"{address}/retour"],
        post_logout_redirect_uris=[f"{address}/au-revoir"],
        backchannel_logout_uri=f"{address}/deconnexion-par-le-portail",
        scope="openid profile email",
    )


if __name__ == "__main__":
    main()
