"""What a state of an account allows. Pure: no query, no clock but the day given."""

import datetime as dt
from dataclasses import dataclass

from convergences.authentication.models import Session
from convergences.directory.models import Agent, AgentState


def may_sign_in(agent: Agent) -> bool:
    """An agent signs in when the account is active; not before the first visit, not suspended, not deleted."""
    return agent.state == AgentState.ACTIVE


def may_make_first_visit(agent: Agent, today: dt.date) -> bool:
    """An agent makes the first visit when invited, until the last day of the invitation."""
    return agent.state == AgentState.INVITED and (agent.invited_until is None or today <= agent.invited_until)


def may_reset(agent: Agent) -> bool:
    """An agent chooses a new password when the account is active: a reset wakes nothing that was put to sleep."""
    return agent.state == AgentState.ACTIVE


def proved_at(session: Session) -> dt.datetime:
    """When the person last proved who they are in this session, by a sign-in, a password typed again or a second step.

    That is the `auth_time` of OpenID Connect ("the last active authentication event", RFC 9470) and what its `max_age`
    is counted from: an application then sees how fresh the second step that it asked for is. A remembered device proves
    nothing of the kind.
    """
    return max(at for at in (session.authenticated_at, session.password_at, session.second_factor_at) if at is not None)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Whether somebody must have a second factor, and from when: until `deadline` they may do without."""

    required: bool
    deadline: dt.datetime | None = None
    overdue: bool = False


def must_have_second_factor(
    is_referent_or_staff: bool,  # noqa: FBT001 - the question itself
    since: dt.datetime,
    now: dt.datetime,
    grace: dt.timedelta,
) -> Requirement:
    """Who manages others' accounts, or the portal, must have a second factor, some days after `since` at the latest.

    `since` is their first visit, or the day that they became référent or staff if that is later.
    """
    if not is_referent_or_staff:
        return Requirement(required=False)
    deadline = since + grace
    return Requirement(required=True, deadline=deadline, overdue=now >= deadline)
