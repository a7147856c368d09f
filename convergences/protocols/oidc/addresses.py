"""Addresses of a description whose content counts: asked when they are described, before anything is locked."""

from typing import Any

from convergences.protocols.oidc.metadata import refuse
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import published


def check(client: Client | None, fields: dict[str, Any]) -> None:
    """Raise `InvalidClientMetadata` for an address that we may not reach, or that publishes what it should not.

    Nothing is asked of what `client` already had: the same description, read again, speaks to nobody.
    """
    address = fields["jwks_uri"]
    is_new = bool(address) and (client is None or client.jwks_uri != address)
    if is_new and (problem := published.problem_with_keys(address)):
        raise refuse("jwks_uri", problem)
    known = set(client.request_uris) if client is not None else set()
    for place in set(fields["request_uris"]) - known:
        if problem := published.problem_with_place(place.partition("#")[0]):
            raise refuse("request_uris", problem)
