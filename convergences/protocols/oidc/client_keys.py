"""By which keys a client signs: those of its description, or those that it publishes (RFC 7591, section 2)."""

from typing import Any

from convergences.protocols.oidc import key_sets
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import published


def verify(client: Client, token: str) -> dict[str, Any]:
    """Return the claims of a token that this client signed; raises `NotValid`.

    Keys that it publishes are read again when the token names one that is not known (OpenID Connect Core, section
    10.1.1): call it outside a transaction.
    """
    if not client.jwks_uri:
        return key_sets.verify(token, client.jwks)
    _algorithm, kid = key_sets.named(token)
    known = published.keys(client.jwks_uri)
    if len(key_sets.chosen_by(kid, known)) != 1:
        known = published.keys(client.jwks_uri, again=True)
    return key_sets.verify(token, known)
