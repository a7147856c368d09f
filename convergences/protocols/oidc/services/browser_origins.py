"""The origins of a public client's own pages follow its description."""

from convergences.protocols.oidc.cors import origin_of
from convergences.protocols.oidc.models import BrowserOrigin, Client


def keep(client: Client) -> None:
    """Write, within a transaction, the origins whose pages may call us for this client: none if it is confidential."""
    wanted = set(map(origin_of, client.redirect_uris)) if client.is_public else set()
    BrowserOrigin.objects.filter(client=client).exclude(origin__in=wanted).delete()
    present = set(BrowserOrigin.objects.filter(client=client).values_list("origin", flat=True))
    BrowserOrigin.objects.bulk_create(BrowserOrigin(client=client, origin=origin) for origin in wanted - present)
