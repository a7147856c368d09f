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
from convergences.web.panels.secretless import Secretless


class SamlPanel(Secretless):
    """The settings of SAML, as the engineer's pages show them."""

    protocol = Protocol.SAML.value
    name = "SAML"

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications that are registered, in one query."""
        return frozenset(ServiceProvider.objects.values_list("application_id", flat=True))

    def is_set(self, application: Application) -> bool:
        """Say whether the application is registered."""
        return _provider(application) is not None

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form of the application, registered or to be."""
        return ProviderForm(application, _provider(application), data)

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Register the application by the document that the form has read. Raises `InvalidProvider`."""
        guards.check_centre(actor, Role.ENGINEER)
        if not isinstance(form, ProviderForm):
            raise TypeError(form)
        registration.define(application, form.description(), actor=actor)
        return ()

    def facts(self, application: Application) -> Sequence[Fact]:
        """Return what the application's engineer must be told."""
        provider = _provider(application)
        return facts_of(provider) if provider else ()

    def about(self, application: Application) -> About:
        """Return what was read of the application's own description, certificates that expire first."""
        provider = _provider(application)
        return learnt.about(provider) if provider else About()

    def to_watch(self) -> frozenset[int]:
        """Return the applications whose description or certificates will soon be out of date."""
        return learnt.to_watch()

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget the application's description; see `removal.remove`."""
        return removal.remove(application, actor=actor)

    def opening(self, application: Application) -> str:
        """Return the path that opens an application with an answer that it did not ask for, if it takes them."""
        provider = _provider(application)
        return reverse("saml:open", args=[application.slug]) if provider and provider.idp_initiated else ""

    def snippets(self, application: Application) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual clients."""
        provider = _provider(application)
        return snippets(provider) if provider else ()

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""
        return trial(application, membership, roles)


def _provider(application: Application) -> ServiceProvider | None:
    return queries.provider_of(application.pk) if application.pk else None


panel = SamlPanel()
