"""An agent agrees to what an application reads of them, where the application must ask (OpenID Connect Core, 3.1.2.4).

Most applications need not: the centre decided on their sheet what they receive, for every agent.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.models import Client, Consent


def holds(client: Client, agent: Agent, names: Iterable[str], *, since: dt.datetime | None) -> bool:
    """Tell whether the agent agreed to each of these claims; `since`: and not before this instant."""
    given = Consent.objects.filter(client=client, agent=agent).first()
    if given is None or (since is not None and given.given_at < since):
        return False
    return set(names) <= set(given.claims)


@transaction.atomic
def give(client: Client, agent: Agent, names: Iterable[str], *, actor: Actor) -> Consent:
    """Keep that the agent agrees that this application reads these claims."""
    agreed = {"claims": sorted(names), "given_at": clock.now()}
    given, _created = Consent.objects.update_or_create(client=client, agent=agent, defaults=agreed)
    about = About(subject_id=agent.pk, subject_label=agent.full_name, application=client.application.slug)
    record(Action.CONSENT_GIVEN, actor=actor, about=about, client_id=client.client_id, claims=agreed["claims"])
    return given
