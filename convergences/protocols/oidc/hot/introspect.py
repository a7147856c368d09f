"""`POST /oauth/introspect` by a client that shows its secret in the header."""

import json
from urllib.parse import parse_qsl

from convergences.protocols.oidc import client_authentication, introspection
from convergences.protocols.oidc.errors import OidcRefusal
from convergences.web.machines.hot import Answer, Asking

_FORM = "application/x-www-form-urlencoded"
_FIELDS = frozenset({"token", "token_type_hint"})
_DEAD = {"active": False}
_HEADERS = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache"))


def answer(asking: Asking) -> Answer | None:
    """Describe the token; who proves themselves otherwise, or not at all, and any other form, are the view's."""
    token = _token(asking)
    if not token:
        return None
    try:
        client = client_authentication.prove(client_authentication.in_header(asking.header("HTTP_AUTHORIZATION")))
    except OidcRefusal:
        return None
    return Answer(200, _HEADERS, json.dumps(introspection.describe(client, token) or _DEAD).encode())


def _token(asking: Asking) -> str:
    """Return the token of a form that holds no more than RFC 7662 names, each once; nothing otherwise."""
    if asking.header("CONTENT_TYPE") != _FORM or not asking.body.isascii():
        return ""
    fields = parse_qsl(asking.body.decode("ascii"), keep_blank_values=True)
    named = dict(fields)
    return named.get("token", "") if len(named) == len(fields) and named.keys() <= _FIELDS else ""
