"""What applications ask at each of their pages, answered without Django's machinery (`web.machines.hot`).

Each handler knows the usual request and its answer, by the very functions of the view; of anything else it says None,
and the view answers.
"""

from convergences.protocols.oidc.hot import authorize, documents, introspect, userinfo
from convergences.web.machines.hot import Route, Short

_GET, _POST = frozenset({"GET"}), frozenset({"POST"})

ROUTES = (
    Route("/oauth/userinfo", "oidc:userinfo", _GET, userinfo.answer, quiet=True),
    Route("/oauth/introspect", "oidc:introspect", _POST, introspect.answer, quiet=True),
    Route("/oauth/jwks", "oidc:jwks", _GET, documents.jwks, quiet=True),
    Route("/.well-known/openid-configuration", "oidc:configuration", _GET, documents.configuration, quiet=True),
    Route(
        "/.well-known/oauth-authorization-server", "oidc:oauth_configuration", _GET, documents.configuration, quiet=True
    ),
    Route("/oauth/token", "oidc:token", _POST, Short("/oauth/token")),
    Route("/oauth/authorize", "oidc:authorize", _GET, authorize.answer, cookies=True),
)
