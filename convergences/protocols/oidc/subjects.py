"""The name of an agent for an application: the same for all (`public`), or one for each sector (`pairwise`).

OpenID Connect Core, section 8. It never changes and is never given again (DOMAIN, rule 5): the sector of a client is
fixed when it is connected, and its salt is a row of the database, which no change of SECRET_KEY touches.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from convergences.directory.models import Agent
from convergences.protocols.oidc.models import Client, Sector


def of(client: Client, agent: Agent) -> str:
    """Return the `sub` by which this client knows this agent: ID token, userinfo, introspection, logout token."""
    sector = client.sector
    if sector is None:
        return agent.subject
    return hmac.new(sector.salt.encode(), agent.subject.encode(), hashlib.sha256).hexdigest()


def sector_hosts(redirect_uris: list[str]) -> set[str]:
    """Return the hosts among which a sector is found: it must be one (section 8.1)."""
    return {urlsplit(uri).hostname or "" for uri in redirect_uris}


def sector_for(redirect_uris: list[str], sector_identifier_uri: str = "") -> Sector:
    """Return the sector of these addresses, written at the first need: their host, or that of what joins several."""
    [host] = sector_hosts([sector_identifier_uri] if sector_identifier_uri else redirect_uris)
    return Sector.objects.get_or_create(identifier=host)[0]
