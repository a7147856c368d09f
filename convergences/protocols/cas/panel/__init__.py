"""CAS in the engineer's pages: what `web.panels.Panel` asks of a protocol. It has no secret."""

from collections.abc import Mapping, Sequence
from typing import Any

from convergences.audit.services import Actor
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership, Role
from convergences.directory.services import guards
from convergences.protocols.cas import queries
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.cas.panel.facts import facts_of
from convergences.protocols.cas.panel.form import ServiceForm
from convergences.protocols.cas.panel.snippets import snippets
from convergences.protocols.cas.panel.trial import trial
from convergences.protocols.cas.services import registration, removal
from convergences.web.panels import About, Fact, Issued, PanelForm, Snippet, Trial
from convergences.web.secretless import Secretless


class CasPanel(Secretless):
    """The settings of CAS, as the engineer's pages show them."""

    protocol = Protocol.CAS.value
    name = "CAS"

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications that are registered, in one query."""
        return frozenset(RegisteredService.objects.values_list("application_id", flat=True))

    def is_set(self, application: Application) -> bool:
        """Say whether the application is registered."""
        return _service(application) is not None

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form of the application, registered or to be."""
        return ServiceForm(application, _service(application), data)

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Register the application. Raises `InvalidService`."""
        guards.check_centre(actor, Role.ENGINEER)
        if not isinstance(form, ServiceForm):
            raise TypeError(form)
        registration.define(application, form.metadata(), actor=actor)
        return ()

    def facts(self, application: Application) -> Sequence[Fact]:
        """Return what the application's engineer must be told."""
        service = _service(application)
        return facts_of(service) if service else ()

    def about(self, application: Application) -> About:  # noqa: ARG002 - the panel's signature
        """Return nothing: an application publishes nothing of itself."""
        return About()

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget the application's addresses; see `removal.remove`."""
        return removal.remove(application, actor=actor)

    def opening(self, application: Application) -> str:  # noqa: ARG002 - the panel's signature
        """Return nothing: the application asks for itself once there."""
        return ""

    def snippets(self, application: Application) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual clients."""
        service = _service(application)
        return snippets(service) if service else ()

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""
        return trial(application, membership, roles)


def _service(application: Application) -> RegisteredService | None:
    return queries.service_of(application.pk) if application.pk else None


panel = CasPanel()
