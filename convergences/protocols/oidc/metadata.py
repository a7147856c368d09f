"""A client's description, by the names of RFC 7591 and of OpenID's registration: read strictly.

One function per field, in one table. A field that would be ignored is refused: an engineer who writes
`dpop_bound_access_tokens: true` must not believe it holds.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from convergences.protocols.oidc import jose, key_sets, redirects, scopes, subjects
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import AuthenticationMethod, Pkce
from convergences.web.panels.descriptions import Reader

SHORTEST_SECRET = 24
LONGEST_SECRET = 500
SECRETS_DURING_ROLLOVER = 2
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")
SIGNING_ALGORITHMS = jose.OURS
SUBJECT_TYPES = ("public", "pairwise")
DEFAULT_SCOPE = "openid profile email"
MANY_URIS = 20
WITHOUT_SECRET: dict[str, str] = {
    AuthenticationMethod.NONE: "un client public (none) n’a pas de secret",
    AuthenticationMethod.PRIVATE_KEY: "un client qui signe (private_key_jwt) n’a pas de secret",
}
_CLIENT_ID = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_LONGEST_CLIENT_ID = 120
_HASH = re.compile(r"[A-Za-z0-9_-]{43}")
_READER = Reader(InvalidClientMetadata)
refuse = _READER.refuse


def read(metadata: Mapping[str, Any], *, has_secret: bool) -> dict[str, Any]:
    """Return the fields of a client, checked and completed with defaults; `client_secret` becomes a list of secrets.

    `has_secret`: the client has one already, which a description without any leaves alone. Raises
    `InvalidClientMetadata`, whose `field` is the name at fault.
    """
    fields = _READER.read(metadata, FIELDS)
    return _consistent(fields, has_secret=has_secret)


def _client_id(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise refuse(field, "indiquez l’identifiant du client")
    if len(value) > _LONGEST_CLIENT_ID or not set(value) <= _CLIENT_ID:
        raise refuse(field, f"{_LONGEST_CLIENT_ID} caractères au plus : lettres sans accent, chiffres, - . _ ~")
    return value


def _secrets(field: str, value: Any) -> list[str]:
    given = [] if value is None else value if isinstance(value, list) else [value]
    if len(given) > SECRETS_DURING_ROLLOVER:
        raise refuse(field, "deux secrets au plus, le temps d’un remplacement")
    for secret in given:
        if not isinstance(secret, str) or not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
            raise refuse(field, f"un secret compte de {SHORTEST_SECRET} à {LONGEST_SECRET} caractères")
    return list(given)


def _uris(field: str, value: Any) -> list[str]:
    given = [] if value is None else value
    if not isinstance(given, list) or len(given) > MANY_URIS:
        raise refuse(field, f"donnez une liste de {MANY_URIS} adresses au plus")
    for uri in given:
        if problem := redirects.problem(uri):
            raise refuse(field, problem)
    if len(set(given)) != len(given):
        raise refuse(field, "une adresse figure deux fois")
    return list(given)


def _uri(field: str, value: Any) -> str:
    if value in (None, ""):  # a file empties a setting by either
        return ""
    if problem := redirects.problem(value):
        raise refuse(field, problem)
    return str(value)


def _grant_types(field: str, value: Any) -> list[str]:
    given = ["authorization_code"] if value is None else value
    if not isinstance(given, list) or not set(map(str, given)) <= set(GRANT_TYPES):
        raise refuse(field, f"choisissez parmi {', '.join(GRANT_TYPES)}")
    if not {"authorization_code", "client_credentials"} & set(given):
        raise refuse(field, "authorization_code ou client_credentials est nécessaire")
    if "refresh_token" in given and "authorization_code" not in given:
        raise refuse(field, "refresh_token demande authorization_code")
    return [grant for grant in GRANT_TYPES if grant in given]


def _response_types(field: str, value: Any) -> None:
    if value not in (None, ["code"]):
        raise refuse(field, "seul code est servi")


def _scope(field: str, value: Any) -> str:
    if not isinstance(value, str | None):
        raise refuse(field, "donnez des mots séparés par une espace")
    asked = (value or "").split()
    if unknown := [word for word in asked if word not in scopes.SUPPORTED and not scopes.is_of_machine(word)]:
        raise refuse(field, f"portée inconnue ({unknown[0]}) ; choisissez parmi {', '.join(scopes.SUPPORTED)}")
    return " ".join(dict.fromkeys(asked))


def _jwks(field: str, value: Any) -> dict[str, Any]:
    if not value:
        return {}
    if problem := key_sets.problem(value):
        raise refuse(field, problem)
    return {"keys": value["keys"]}


def _published_at(field: str, value: Any) -> str:
    """Hold the address of what the application publishes; where it leads is asked of `foundations.outbound`."""
    if value in (None, ""):
        return ""
    if problem := redirects.problem(value, plain=True):
        raise refuse(field, problem)
    return str(value)


def _places_of_requests(field: str, value: Any) -> list[str]:
    """Hold addresses of signed requests; a fragment is the hash of what is there (OpenID Connect Core, 6.2)."""
    given = [] if value is None else value
    if not isinstance(given, list) or len(given) > MANY_URIS:
        raise refuse(field, f"donnez une liste de {MANY_URIS} adresses au plus")
    for place in given:
        address, sharp, fragment = place.partition("#") if isinstance(place, str) else (place, "", "")
        if problem := redirects.problem(address, plain=True):
            raise refuse(field, problem)
        if sharp and not _HASH.fullmatch(fragment):
            raise refuse(field, "après #, donnez le SHA-256 de la demande, en base64url")
    if len(set(given)) != len(given):
        raise refuse(field, "une adresse figure deux fois")
    return list(given)


FIELDS: dict[str, Callable[[str, Any], Any]] = {
    "client_id": _client_id,
    "client_secret": _secrets,
    "token_endpoint_auth_method": _READER.one_of(*AuthenticationMethod.values),
    "redirect_uris": _uris,
    "post_logout_redirect_uris": _uris,
    "backchannel_logout_uri": _uri,
    "backchannel_logout_session_required": _READER.boolean(),
    "frontchannel_logout_uri": _uri,
    "frontchannel_logout_session_required": _READER.boolean(),
    "grant_types": _grant_types,
    "response_types": _response_types,
    "scope": _scope,
    "id_token_signed_response_alg": _READER.one_of(*SIGNING_ALGORITHMS),
    "userinfo_signed_response_alg": _READER.one_of("", *SIGNING_ALGORITHMS),
    "access_token_signed_response_alg": _READER.one_of("", *SIGNING_ALGORITHMS),
    "jwks": _jwks,
    "jwks_uri": _published_at,
    "request_uris": _places_of_requests,
    "resources": _uris,
    "allowed_resources": _uris,
    "dpop_bound_access_tokens": _READER.boolean(),
    "subject_type": _READER.one_of(*SUBJECT_TYPES),
    "sector_identifier_uri": _published_at,
    "request_object_signing_alg": _READER.one_of("", *jose.THEIRS),
    "require_pushed_authorization_requests": _READER.boolean(),
    "pkce": _READER.one_of("", *Pkce.values),
    "consent_required": _READER.boolean(),
}


def _consistent(fields: dict[str, Any], *, has_secret: bool) -> dict[str, Any]:
    _suits_its_grants(fields)
    _proves_who_it_is(fields, has_secret=has_secret)
    _names_agents(fields)
    if "offline_access" in fields["scope"].split() and "refresh_token" not in fields["grant_types"]:
        raise refuse("scope", "offline_access demande refresh_token dans grant_types")
    _gives_its_keys(fields)
    fields["pkce"] = _pkce(fields)
    _signs_out_its_own(fields)
    # `iss` and `sid` are always given: whoever requires them has nothing to keep.
    for settled in ("response_types", "backchannel_logout_session_required", "frontchannel_logout_session_required"):
        fields.pop(settled)
    return fields


def _proves_who_it_is(fields: dict[str, Any], *, has_secret: bool) -> None:
    """Refuse a secret that nothing would ask for, and a method without what it needs."""
    method = fields["token_endpoint_auth_method"]
    if method in WITHOUT_SECRET:
        if fields["client_secret"]:
            raise refuse("client_secret", WITHOUT_SECRET[method])
    elif not fields["client_secret"] and not has_secret:
        raise refuse("client_secret", "indiquez le secret de l’application")


def _pkce(fields: dict[str, Any]) -> str:
    """Return whether a challenge is needed; what is said must hold: always of a public client, never of a machine."""
    said = fields["pkce"]
    if fields["token_endpoint_auth_method"] == AuthenticationMethod.NONE:
        if said == Pkce.OPTIONAL:
            raise refuse("pkce", "un client public (none) ne peut s’en passer")
        return Pkce.REQUIRED.value
    if said == Pkce.REQUIRED and "authorization_code" not in fields["grant_types"]:
        raise refuse("pkce", "ce réglage demande authorization_code dans grant_types")
    return str(said or Pkce.OPTIONAL.value)


def _gives_its_keys(fields: dict[str, Any]) -> None:
    """Refuse keys in two places, and none where they are needed (RFC 7591, section 2)."""
    if fields["jwks"] and fields["jwks_uri"]:
        raise refuse("jwks_uri", "jwks et jwks_uri s’excluent ; mettez l’un des deux à null")
    if fields["jwks"] or fields["jwks_uri"]:
        return
    needed = "les clés publiques de l’application (jwks, ou jwks_uri)"
    if fields["token_endpoint_auth_method"] == AuthenticationMethod.PRIVATE_KEY:
        raise refuse("jwks", f"private_key_jwt demande {needed}")
    for name in ("request_object_signing_alg", "request_uris"):
        if fields[name]:
            raise refuse("jwks", f"{name} demande {needed}")


def _names_agents(fields: dict[str, Any]) -> None:
    """Refuse several hosts that nothing joins, and what would join them for nothing (OpenID Connect Core, 8.1)."""
    hosts = len(subjects.sector_hosts(fields["redirect_uris"]))
    if fields["subject_type"] != "pairwise":
        if fields["sector_identifier_uri"]:
            raise refuse("sector_identifier_uri", "ce réglage demande subject_type pairwise")
    elif not hosts or (hosts > 1 and not fields["sector_identifier_uri"]):
        sentence = "pairwise demande que toutes les adresses de retour soient d’un même hôte, ou sector_identifier_uri"
        raise refuse("subject_type", sentence)


def _signs_out_its_own(fields: dict[str, Any]) -> None:
    """Refuse a page that browsers would frame and that is not the client's (Front-Channel Logout 1.0, section 2)."""
    address = fields["frontchannel_logout_uri"]
    if not address:
        return
    if redirects.origin(address) not in set(map(redirects.origin, fields["redirect_uris"])):
        raise refuse("frontchannel_logout_uri", "cette adresse doit être du même site qu’une adresse de retour")


def _suits_its_grants(fields: dict[str, Any]) -> None:
    """Complete the scope, and refuse what the grants of this client would leave without effect."""
    machine, agents = ("client_credentials" in fields["grant_types"]), ("authorization_code" in fields["grant_types"])
    if agents and not fields["redirect_uris"]:
        raise refuse("redirect_uris", "indiquez au moins une adresse de retour")
    if machine and fields["token_endpoint_auth_method"] == AuthenticationMethod.NONE:
        raise refuse("grant_types", "client_credentials demande un client qui prouve qui il est")
    fields["scope"] = fields["scope"] or (DEFAULT_SCOPE if agents else "")
    words = fields["scope"].split()
    if agents and "openid" not in words:
        raise refuse("scope", "openid est nécessaire")
    if not agents and set(words) & set(scopes.SUPPORTED):
        raise refuse("scope", "sans authorization_code, aucune donnée d’agent ne peut être demandée")
    if not machine and (unknown := scopes.of_machine(fields["scope"])):
        raise refuse("scope", f"portée inconnue ({unknown[0]}) ; choisissez parmi {', '.join(scopes.SUPPORTED)}")
    for name in ("allowed_resources", "access_token_signed_response_alg"):
        if not machine and fields[name]:
            raise refuse(name, "ce réglage demande client_credentials dans grant_types")
