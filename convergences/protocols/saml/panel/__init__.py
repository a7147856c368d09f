"""SAML in the engineer's pages: what `web.panels.panel.Panel` asks of a protocol."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from convergences.audit.services import Actor
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership, Role
from convergences.directory.services import guards
from convergences.protocols.saml import queries
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.panel import learnt, removal
from convergences.protocols.saml.panel.facts import facts_of
from convergences.protocols.saml.panel.form import ProviderForm
from convergences.protocols.saml.panel.snippets import snippets
from convergences.protocols.saml.panel.trial import trial
from convergences.protocols.saml.services import registration
from convergences.web.panels.facts import About, Fact, Issued, Snippet, Trial
from convergences.web.panels.forms import PanelForm
from convergences.web.panels.registered import Registered


class SamlPanel(Registered[ServiceProvider]):
    """The settings of SAML, as the engineer's pages show them."""

    protocol = Protocol.SAML.value
    name = "SAML"
    model = ServiceProvider

    def kept(self, application: Application) -> ServiceProvider | None:
        """Return how the application is registered."""
        return queries.provider_of(application.pk) if application.pk else None

    def facts_of(self, kept: ServiceProvider) -> Sequence[Fact]:
        """Return our description's address, and what to say of ourselves where it cannot be read."""
        return facts_of(kept)

    def snippets_of(self, kept: ServiceProvider) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual clients."""
        return snippets(kept)

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form of the application, registered or to be."""
        return ProviderForm(application, self.kept(application), data)

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Register the application by the document that the form has read. Raises `InvalidProvider`."""
        guards.check_centre(actor, Role.ENGINEER)
        if not isinstance(form, ProviderForm):
            raise TypeError(form)
        registration.define(application, form.description(), actor=actor)
        return ()

    def about(self, application: Application) -> About:
        """Return what was read of the application's own description, certificates that expire first."""
        provider = self.kept(application)
        return learnt.about(provider) if provider else About()

    def to_watch(self) -> frozenset[int]:
        """Return the applications whose description or certificates will soon be out of date."""
        return learnt.to_watch()

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget the application's description; see `removal.remove`."""
        return removal.remove(application, actor=actor)

    def opening(self, application: Application) -> str:
        """Return the path that opens an application with an answer that it did not ask for, if it takes them."""
        provider = self.kept(application)
        return reverse("saml:open", args=[application.slug]) if provider and provider.idp_initiated else ""

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""
        return trial(application, membership, roles)


panel = SamlPanel()
