"""The roles of the centre's own agents, over all organizations. Operators alone give them."""

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.directory.actions import Action
from convergences.directory.errors import ForTheCentre, NotOfTheCentre
from convergences.directory.models import Agent, Membership, OrganizationKind, Role, StaffRole
from convergences.foundations import clock


@transaction.atomic
def grant_role(agent: Agent, role: Role, *, actor: Actor) -> StaffRole:
    """Give an agent of the centre a role; return it, also when they have it already.

    Raises `ForTheCentre` when the actor is no operator, `NotOfTheCentre` when the agent works elsewhere.
    """
    _check_operator(actor)
    at_the_centre = Membership.objects.filter(
        agent=agent, closed_at__isnull=True, confirmed_at__isnull=False, organization__kind=OrganizationKind.CENTER
    )
    if not at_the_centre.exists():
        raise NotOfTheCentre
    held, made = StaffRole.objects.get_or_create(agent=agent, role=role, defaults={"granted_at": clock.now()})
    if made:
        record(Action.STAFF_ROLE_GRANTED, actor=actor, about=_about(agent), role=str(role))
    return held


@transaction.atomic
def revoke_role(agent: Agent, role: Role, *, actor: Actor) -> None:
    """Take a role away, if the agent has it. Raises `ForTheCentre` when the actor is no operator."""
    _check_operator(actor)
    deleted, _by_table = StaffRole.objects.filter(agent=agent, role=role).delete()
    if deleted:
        record(Action.STAFF_ROLE_REVOKED, actor=actor, about=_about(agent), role=str(role))


def _check_operator(actor: Actor) -> None:
    if actor.agent_id is not None:
        raise ForTheCentre


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
