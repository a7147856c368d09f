"""OpenID Connect in the engineer's pages: what `web.panels.Panel` asks of a protocol."""

from convergences.catalog.models import Application, Protocol
from convergences.protocols.oidc.models import Client


class OidcPanel:
    """The settings of OpenID Connect, as the engineer's pages show them."""

    protocol = Protocol.OIDC.value
    name = "OpenID Connect"

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications that have a client, in one query."""
        return frozenset(Client.objects.values_list("application_id", flat=True))

    def is_set(self, application: Application) -> bool:
        """Say whether the application has a client."""
        return Client.objects.filter(application=application).exists()


panel = OidcPanel()
