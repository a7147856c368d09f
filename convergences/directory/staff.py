"""Reading who holds a role at the centre. A role counts while its agent is active and works there."""

import datetime as dt

from django.db.models import Case, QuerySet, When

from convergences.directory.models import Agent, AgentState, Membership, Organization, OrganizationKind, Role
from convergences.directory.queries import current
from convergences.foundations import clock


def staff_roles_of(agent: Agent) -> frozenset[str]:
    """Return the roles that the agent holds over all organizations: none once they are inactive or left the centre."""
    return frozenset(staff_roles_since(agent))


def staff_roles_since(agent: Agent) -> dict[str, dt.datetime]:
    """Return the same roles, with the instant when each was given."""
    if agent.state != AgentState.ACTIVE:
        return {}
    there = at_the_centre().filter(agent=agent)  # from the agent: there may be 50,000 employers
    return dict(agent.staff_roles.filter(agent__in=there).values_list("role", "granted_at"))


def staff_roles_given_to(agent: Agent) -> frozenset[str]:
    """Return the roles written down for the agent, whether or not they count today: for files, not for rules."""
    return frozenset(agent.staff_roles.values_list("role", flat=True))


def at_the_centre() -> QuerySet[Membership, int]:
    """Return the keys of the agents who work at the centre today."""
    found = Membership.objects.filter(current(clock.today()), organization__kind=OrganizationKind.CENTER)
    return found.values_list("agent_id", flat=True)


def correspondents() -> QuerySet[Agent]:
    """Return the correspondants of the centre in activity, by name."""
    found = Agent.objects.filter(state=AgentState.ACTIVE, staff_roles__role=Role.CORRESPONDENT)
    return found.filter(pk__in=at_the_centre()).select_related("photo").order_by("family_name", "given_name", "pk")


def correspondent_of(organization: Organization | None) -> Agent | None:
    """Return the organization's correspondant, any correspondant of the centre where it has none, or None."""
    named = organization.correspondent_id if organization else None
    return correspondents().order_by(Case(When(pk=named, then=0), default=1) if named else "pk", "pk").first()
