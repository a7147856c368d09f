"""What agents agreed to, as their own page shows it (`web.entrance.agreements`)."""

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.directory.models import Agent
from convergences.protocols.oidc import claims
from convergences.protocols.oidc.models import Consent
from convergences.protocols.oidc.services import consents
from convergences.web.entrance.agreements import Agreement


class ConsentKeeper:
    """The answers given to the page of OpenID Connect."""

    def agreements(self, agent: Agent) -> list[Agreement]:
        """Return what this agent agreed to, for the applications that must ask today, the latest first."""
        given = Consent.objects.filter(agent=agent, client__consent_required=True).order_by("-given_at")
        return [
            Agreement(consent.client.application, tuple(claims.labels(consent.claims)), consent.given_at)
            for consent in given.select_related("client__application")
        ]

    def withdraw(self, agent: Agent, application: Application, *, actor: Actor) -> None:
        """Take back what this agent agreed to."""
        consents.withdraw(application, agent, actor=actor)


keeper = ConsentKeeper()
