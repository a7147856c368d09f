"""What the texts are filled with, read from the client: never a secret, which we do not have."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from convergences.protocols.oidc import redirects
from convergences.protocols.oidc.models import AuthenticationMethod, Client

_OURS = {"authorize": "authorize", "token": "token", "userinfo": "userinfo", "logout": "logout"}
_OF_SPRING = re.compile(r"/login/oauth2/code/([A-Za-z][\w-]{1,40})")
_OF_DRUPAL = re.compile(r".*/openid-connect/([a-z][a-z0-9_]{1,31})")
_BY_DEFAULT = "convergences"
_METHODS = {
    AuthenticationMethod.BASIC: {"secret"},
    AuthenticationMethod.POST: {"secret", "post"},
    AuthenticationMethod.PRIVATE_KEY: {"private_key"},
    AuthenticationMethod.NONE: {"none"},
}


@dataclass(frozen=True, slots=True)
class Told:
    """A client, as the texts say it."""

    client: Client
    values: dict[str, str | list[str]]
    flags: frozenset[str]

    def text(self, name: str) -> str:
        """Return a value that is one word."""
        return str(self.values[name])


def told_of(client: Client) -> Told:
    """Return what the texts say of a client that has a redirect address."""
    redirect_uri = client.redirect_uris[0]
    after = (client.post_logout_redirect_uris or [""])[0]
    values: dict[str, str | list[str]] = {
        "comment": client.application.name,
        "issuer": settings.BASE_URL,
        "metadata": settings.BASE_URL + reverse("oidc:configuration"),
        "client_id": client.client_id,
        "method": client.token_endpoint_auth_method,
        "algorithm": client.id_token_signed_response_alg,
        "scope": client.scope,
        "scope_list": client.scope.split(),
        "redirect_uri": redirect_uri,
        "origin": redirects.origin(redirect_uri),
        "callback_path": _path(redirect_uri),
        "route": _path(redirect_uri).removeprefix("/"),
        "after_logout": after,
        "after_logout_path": _path(after) if after else "",
        "backchannel_path": _path(client.backchannel_logout_uri),
        "backchannel_route": _path(client.backchannel_logout_uri).removeprefix("/"),
        "registration": _named(_OF_SPRING, redirect_uri),
        "drupal_id": _named(_OF_DRUPAL, redirect_uri),
        "public_key_file": f"{_of_key(client)}/etc/apache2/oidc/publique.pem",
        "private_key_file": f"{_of_key(client)}/etc/apache2/oidc/privee.pem",
        **{name: settings.BASE_URL + reverse(f"oidc:{address}") for name, address in _OURS.items()},
    }
    return Told(client, values, frozenset(_flags(client, redirect_uri, after)))


def _flags(client: Client, redirect_uri: str, after: str) -> set[str]:
    same_site = bool(after) and redirects.origin(after) == redirects.origin(redirect_uri)
    facts = {
        "after_logout": bool(after),
        "after_logout_path": same_site,
        # A page that everybody may open must not open others with it: Apache takes a path for all that follows it.
        "open_page": same_site and len(_path(after)) > 1 and not _path(redirect_uri).startswith(_path(after)),
        "refresh": "refresh_token" in client.grant_types,
        "backchannel": bool(client.backchannel_logout_uri),
        "not_rsa": client.id_token_signed_response_alg != "RS256",  # noqa: S105 - an algorithm
        "own_path": _OF_SPRING.fullmatch(_path(redirect_uri)) is None,
        "par": client.require_pushed_authorization_requests,
    }
    method = _METHODS[AuthenticationMethod(client.token_endpoint_auth_method)]
    return {name for name, holds in facts.items() if holds} | method


def _of_key(client: Client) -> str:
    """Return how Apache names its key: the portal looks for this `kid`, where the module would make one up."""
    keys = client.jwks.get("keys") or [{}]
    kid = keys[0].get("kid", "")
    return f"{kid}#" if kid and "#" not in kid else ""


def _path(address: str) -> str:
    return urlsplit(address).path or "/"


def _named(pattern: re.Pattern[str], redirect_uri: str) -> str:
    found = pattern.fullmatch(_path(redirect_uri))
    return found[1] if found else _BY_DEFAULT
