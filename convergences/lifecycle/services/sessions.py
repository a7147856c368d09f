"""What an act on a member does to the sessions of their account."""

from convergences.audit.services import Actor
from convergences.authentication.services import sessions
from convergences.directory.models import AgentState, Membership


def end_if_closed(membership: Membership, *, reason: str, actor: Actor) -> None:
    """End every session of an account that no employer keeps open.

    An agent whom another employer keeps goes on: the visits made for this one end, for the membership says so.
    """
    if membership.agent.state != AgentState.ACTIVE:
        sessions.end_all(membership.agent, reason=reason, actor=actor)
