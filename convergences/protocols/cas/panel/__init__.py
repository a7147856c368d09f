"""CAS in the engineer's pages: what `web.panels.panel.Panel` asks of a protocol. It has no secret."""

from collections.abc import Mapping, Sequence
from typing import Any

from convergences.audit.services import Actor
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership
from convergences.protocols.cas import queries
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.cas.panel.facts import facts_of
from convergences.protocols.cas.panel.form import ServiceForm
from convergences.protocols.cas.panel.snippets import snippets
from convergences.protocols.cas.panel.trial import trial
from convergences.protocols.cas.services import registration, removal
from convergences.web.panels.facts import Fact, Snippet, Trial
from convergences.web.panels.registered import RegisteredByForm


class CasPanel(RegisteredByForm[RegisteredService]):
    """The settings of CAS, as the engineer's pages show them."""

    protocol = Protocol.CAS.value
    name = "CAS"
    model = RegisteredService
    form_class = ServiceForm

    def kept(self, application: Application) -> RegisteredService | None:
        """Return how the application is registered."""
        return queries.service_of(application.pk) if application.pk else None

    def facts_of(self, kept: RegisteredService) -> Sequence[Fact]:
        """Return our addresses, and those that are known of the application."""
        return facts_of(kept)

    def snippets_of(self, kept: RegisteredService) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual clients."""
        return snippets(kept)

    def register(self, application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> None:
        """Register the application. Raises `InvalidService`."""
        registration.define(application, metadata, actor=actor)

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget the application's addresses; see `removal.remove`."""
        return removal.remove(application, actor=actor)

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""
        return trial(application, membership, roles)


panel = CasPanel()
