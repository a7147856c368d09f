"""The reverse proxy check in the engineer's pages: what `web.panels.Panel` asks of a protocol."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from convergences.audit.services import Actor
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership, Role
from convergences.directory.services import guards
from convergences.protocols.forward_auth.models import Gate
from convergences.protocols.forward_auth.panel.form import GateForm
from convergences.protocols.forward_auth.panel.snippets import snippets
from convergences.protocols.forward_auth.panel.trial import trial
from convergences.protocols.forward_auth.services import registration, removal
from convergences.web.panels import About, Fact, Issued, PanelForm, Snippet, Trial
from convergences.web.secretless import Secretless


class GatePanel(Secretless):
    """The settings of an application behind a web server, as the engineer's pages show them."""

    protocol = Protocol.GATE.value
    name = "le serveur web placé devant elle"

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications that are registered, in one query."""
        return frozenset(Gate.objects.values_list("application_id", flat=True))

    def is_set(self, application: Application) -> bool:
        """Say whether the application is registered."""
        return _gate(application) is not None

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form of the application, registered or to be."""
        return GateForm(application, _gate(application), data)

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Register the application. Raises `InvalidGate`."""
        guards.check_centre(actor, Role.ENGINEER)
        if not isinstance(form, GateForm):
            raise TypeError(form)
        registration.define(application, form.metadata(), actor=actor)
        return ()

    def facts(self, application: Application) -> Sequence[Fact]:
        """Return what the application's engineer must be told."""
        gate = _gate(application)
        if gate is None:
            return ()
        return [
            Fact("À demander pour chaque page", settings.BASE_URL + reverse("forward_auth:check")),
            *(Fact("Nom de la machine", host) for host in gate.hosts),
            *(Fact("Chemin", path) for path in gate.paths),
            Fact("Où se faire connaître", settings.BASE_URL + reverse("forward_auth:start"), aside=True),
        ]

    def about(self, application: Application) -> About:  # noqa: ARG002 - the panel's signature
        """Return nothing: an application publishes nothing of itself."""
        return About()

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget the application's addresses; see `removal.remove`."""
        return removal.remove(application, actor=actor)

    def opening(self, application: Application) -> str:  # noqa: ARG002 - the panel's signature
        """Return nothing: the server in front of the application asks for it once there."""
        return ""

    def snippets(self, application: Application) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual servers."""
        gate = _gate(application)
        return snippets(gate) if gate else ()

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""
        return trial(application, membership, roles)


def _gate(application: Application) -> Gate | None:
    if not application.pk:
        return None
    return Gate.objects.select_related("application").filter(application=application).first()


panel = GatePanel()
