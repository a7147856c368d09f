"""The reverse proxy check in the engineer's pages: what `web.panels.panel.Panel` asks of a protocol."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from convergences.audit.services import Actor
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership
from convergences.protocols.forward_auth import queries
from convergences.protocols.forward_auth.models import Gate
from convergences.protocols.forward_auth.panel.form import GateForm
from convergences.protocols.forward_auth.panel.snippets import snippets
from convergences.protocols.forward_auth.panel.trial import trial
from convergences.protocols.forward_auth.services import registration, removal
from convergences.web.panels.facts import Fact, Snippet, Trial
from convergences.web.panels.registered import RegisteredByForm


class GatePanel(RegisteredByForm[Gate]):
    """The settings of an application behind a web server, as the engineer's pages show them."""

    protocol = Protocol.GATE.value
    name = "le serveur web placé devant elle"
    model = Gate
    form_class = GateForm

    def kept(self, application: Application) -> Gate | None:
        """Return how the application is registered."""
        return queries.gate_of(application.pk) if application.pk else None

    def facts_of(self, kept: Gate) -> Sequence[Fact]:
        """Return what the web server asks, and for which addresses."""
        return [
            Fact("À demander pour chaque page", settings.BASE_URL + reverse("forward_auth:check")),
            *(Fact("Nom de la machine", host) for host in kept.hosts),
            *(Fact("Chemin", path) for path in kept.paths),
            Fact("Où se faire connaître", settings.BASE_URL + reverse("forward_auth:start"), aside=True),
        ]

    def snippets_of(self, kept: Gate) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual servers."""
        return snippets(kept)

    def register(self, application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> None:
        """Register the application. Raises `InvalidGate`."""
        registration.define(application, metadata, actor=actor)

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget the application's addresses; see `removal.remove`."""
        return removal.remove(application, actor=actor)

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""
        return trial(application, membership, roles)


panel = GatePanel()
