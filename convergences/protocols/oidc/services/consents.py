"""An agent agrees to what an application reads of them, where the application must ask (OpenID Connect Core, 3.1.2.4).

Most applications need not: the centre decided on their sheet what they receive, for every agent.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from convergences.admission import services as admission
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Agent
from convergences.directory.services import guards
from convergences.foundations import clock
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.models import Client, Consent, Grant

CONSENT_WITHDRAWN = "consent_withdrawn"


def holds(client: Client, agent: Agent, names: Iterable[str], *, since: dt.datetime | None) -> bool:
    """Tell whether the agent agreed to each of these claims; `since`: and not before this instant."""
    given = Consent.objects.filter(client=client, agent=agent).first()
    if given is None or (since is not None and given.given_at < since):
        return False
    return set(names) <= set(given.claims)


def hold(client: Client, agent: Agent) -> bool:
    """Tell whether the agent agrees, and have whoever withdraws it wait for the end of this transaction."""
    return Consent.objects.select_for_update().filter(client=client, agent=agent).first() is not None


@transaction.atomic
def give(client: Client, agent: Agent, names: Iterable[str], *, actor: Actor) -> Consent:
    """Keep that the agent agrees that this application reads these claims."""
    agreed = {"claims": sorted(names), "given_at": clock.now()}
    given, _created = Consent.objects.update_or_create(client=client, agent=agent, defaults=agreed)
    about = About(subject_id=agent.pk, subject_label=agent.full_name, application=client.application.slug)
    record(Action.CONSENT_GIVEN, actor=actor, about=about, client_id=client.client_id, claims=agreed["claims"])
    return given


@transaction.atomic
def withdraw(application: Application, agent: Agent, *, actor: Actor) -> bool:
    """Take back what the agent agreed to: what the application was given of them is dead at once, and it is told.

    Return whether there was anything to take back. Raises `NotYours`: an agent answers for themself.
    """
    guards.check_self(actor, agent.pk)
    given = Consent.objects.select_for_update(of=("self",)).filter(client__application=application, agent=agent)
    consent = given.select_related("client").first()
    if consent is None:
        return False
    client = consent.client
    consent.delete()
    # Codes and grants hang on the visits that end here; a grant of `offline_access` may have outlived its own.
    live = Grant.objects.filter(client=client, visit__membership__agent=agent, revoked_at=None)
    live.update(revoked_at=clock.now(), revoke_reason=Action.CONSENT_WITHDRAWN.value)
    admission.end_visits(application, protocol=Protocol.OIDC, reason=CONSENT_WITHDRAWN, agent=agent)
    about = About(subject_id=agent.pk, subject_label=agent.full_name, application=application.slug)
    record(Action.CONSENT_WITHDRAWN, actor=actor, about=about, client_id=client.client_id)
    return True
