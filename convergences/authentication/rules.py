"""What a state of an account allows. Pure: no query, no clock but the day given."""

import datetime as dt

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
