"""Who may do what in the directory, in plain words. Nothing here writes."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from convergences.directory import queries, staff
from convergences.directory.models import Agent, AgentState, Membership, Organization, Role
from convergences.foundations import clock

INVITATION_DAYS = 14


def may_manage(agent: Agent, organization: Organization) -> bool:
    """An active agent manages an active organization where they are, today, référent administrateur."""
    if agent.state != AgentState.ACTIVE or not organization.active:
        return False
    today = clock.today()
    held = Membership.objects.filter(queries.current(today), queries.referent(today))
    return held.filter(agent=agent, organization=organization).exists()


def has_role(agent: Agent, role: Role) -> bool:
    """An active agent, who still works at the centre, holds this role over all organizations."""
    return role in staff.staff_roles_of(agent)


def is_last_referent(membership: Membership, *, beyond: dt.date | None = None) -> bool:
    """This référent is the only one in activity: without them nobody would manage the organization (rule 3).

    With `beyond`, the question is put for the day after that date: référents whose own end has come are not counted.
    """
    if not membership.is_referent:
        return False
    today = clock.today()
    others = (
        Membership.objects.filter(queries.current(today), queries.referent(today))
        .filter(organization_id=membership.organization_id, agent__state=AgentState.ACTIVE)
        .exclude(agent_id=membership.agent_id)
    )
    if beyond is not None:
        others = others.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=beyond),
            Q(referent_until__isnull=True) | Q(referent_until__gt=beyond),
        )
    return not others.exists()


def is_shared(membership: Membership) -> bool:
    """The agent has accepted to work for another employer too, now or soon: neither may change who they are."""
    return (
        Membership.objects.filter(agent_id=membership.agent_id, closed_at__isnull=True, confirmed_at__isnull=False)
        .exclude(organization_id=membership.organization_id)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()))
        .exists()
    )


def email_in_domains(email: str, organization: Organization) -> bool:
    """The address ends with one of the employer's domains, exactly: a subdomain is another domain."""
    domain = email.rpartition("@")[2].casefold()
    return domain in {declared.casefold() for declared in organization.email_domains}


def email_is_expected(email: str, organization: Organization) -> bool:
    """The address is of the employer's domains, or the employer declared none."""
    return not organization.email_domains or email_in_domains(email, organization)


def may_restore(membership: Membership, now: dt.datetime) -> bool:
    """A deleted account may be restored during 30 days."""
    return membership.closed_at is not None and now - membership.closed_at < queries.RESTORE_DELAY


def account_state(agent: Agent, memberships: Iterable[Membership], today: dt.date) -> AgentState:
    """Return the state that an account takes from its memberships that are not closed.

    One usable employer is enough to be active. With only attachments that they have not accepted, the agent proves the
    mailbox again by a first visit: an account suspended as stolen is not handed back by somebody else's invitation.
    """
    opened = list(memberships)
    usable = [m for m in opened if m.suspended_at is None and (m.ends_on is None or m.ends_on >= today)]
    if any(m.confirmed_at for m in usable):
        return AgentState.ACTIVE if agent.activated_at else AgentState.INVITED
    if usable:
        return AgentState.INVITED
    return AgentState.SUSPENDED if opened else AgentState.DELETED
