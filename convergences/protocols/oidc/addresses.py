"""Addresses of a description whose content counts: asked when they are described, before anything is locked."""

from typing import Any

from convergences.protocols.oidc.metadata import refuse
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import published


def check(client: Client | None, fields: dict[str, Any]) -> None:
    """Raise `InvalidClientMetadata` for an address that we may not reach, or that publishes what it should not.

    Nothing is asked of what `client` already had: the same description, read again, speaks to nobody.
    """
    before = client or Client()
    keys, sector = fields["jwks_uri"], fields["sector_identifier_uri"]
    if keys and keys != before.jwks_uri and (problem := published.problem_with_keys(keys)):
        raise refuse("jwks_uri", problem)
    for place in set(fields["request_uris"]) - set(before.request_uris):
        if problem := published.problem_with_place(place.partition("#")[0]):
            raise refuse("request_uris", problem)
    is_known = sector == before.sector_identifier_uri and set(fields["redirect_uris"]) <= set(before.redirect_uris)
    if sector and not is_known and (problem := published.problem_with_sector(sector, fields["redirect_uris"])):
        raise refuse("sector_identifier_uri", problem)
