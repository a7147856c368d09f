"""Giving the same right to several agents: all of them, or none."""

from collections.abc import Sequence

from django.db import transaction

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services.grant import grant
from convergences.entitlements.terms import Terms


@transaction.atomic
def grant_several(
    memberships: Sequence[Membership], application: Application, *, terms: Terms, giver: Agent | None, actor: Actor
) -> list[Entitlement]:
    """Give each of these agents the same right and tell each by mail; raises what `grant` raises, and nothing is done.

    Always in the same order, so that two référents who give at once never wait for each other.
    """
    ordered = sorted(memberships, key=lambda membership: membership.pk)
    return [grant(each, application, terms=terms, giver=giver, actor=actor) for each in ordered]
