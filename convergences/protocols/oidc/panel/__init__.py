"""OpenID Connect in the engineer's pages: what `web.panels.Panel` asks of a protocol."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from convergences.audit.services import Actor
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.protocols.oidc import metadata, queries
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.panel.facts import facts_of
from convergences.protocols.oidc.panel.form import ClientForm
from convergences.protocols.oidc.services import clients
from convergences.web.panels import Fact, Issued, PanelForm

SAID = "Secret du client (client_secret)"


class OidcPanel:
    """The settings of OpenID Connect, as the engineer's pages show them."""

    protocol = Protocol.OIDC.value
    name = "OpenID Connect"

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications that have a client, in one query."""
        return frozenset(Client.objects.values_list("application_id", flat=True))

    def is_set(self, application: Application) -> bool:
        """Say whether the application has a client."""
        return _client(application) is not None

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form of the application's client, present or to come."""
        return ClientForm(application, _client(application), data)

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Define the client; return its first secret when it needs one. Raises `InvalidClientMetadata`."""
        guards.check_centre(actor, Role.ENGINEER)
        if not isinstance(form, ClientForm):
            raise TypeError(form)
        wanted, issued = form.metadata(), ""
        # The client as it is now, not as the form found it: two engineers may save at once.
        client = _client(application)
        keeps = client is not None and bool(client.secret_digests)
        if wanted["token_endpoint_auth_method"] not in metadata.WITHOUT_SECRET and not keeps:
            issued = wanted["client_secret"] = secrets.token_urlsafe(32)
        clients.define(application, wanted, actor=actor)
        return (Issued(SAID, issued),) if issued else ()

    def facts(self, application: Application) -> Sequence[Fact]:
        """Return what the application's engineer must be told."""
        client = _client(application)
        return facts_of(client) if client else ()


def _client(application: Application) -> Client | None:
    return queries.client_of(application.pk) if application.pk else None


panel = OidcPanel()
