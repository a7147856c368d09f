"""The same act on several members: on all of them, or on none."""

from collections.abc import Sequence

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.models import Agent, Membership
from convergences.lifecycle.services.arrive import invite_again
from convergences.lifecycle.services.suspend import suspend


@transaction.atomic
def suspend_several(
    memberships: Sequence[Membership], *, reason: str, notify: bool, giver: Agent | None, actor: Actor
) -> list[Membership]:
    """Suspend each of these members; raises what `suspend` raises, and then nothing is done.

    Always in the same order, so that two référents who act at once never wait for each other.
    """
    ordered = sorted(memberships, key=lambda membership: membership.pk)
    return [suspend(each, reason=reason, notify=notify, giver=giver, actor=actor) for each in ordered]


@transaction.atomic
def invite_several(memberships: Sequence[Membership], *, giver: Agent | None, actor: Actor) -> list[Membership]:
    """Send each of these members the invitation again; raises what `invite_again` raises, and then nothing leaves."""
    ordered = sorted(memberships, key=lambda membership: membership.pk)
    return [invite_again(each, giver=giver, actor=actor) for each in ordered]
