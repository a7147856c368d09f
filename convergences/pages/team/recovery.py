"""What an agent's sheet says of a recovery: who asked for it, from when it may end; or that one may be asked."""

from dataclasses import dataclass

from convergences.authentication import queries
from convergences.authentication.models import Recovery
from convergences.authentication.services import recoveries
from convergences.foundations import clock
from convergences.pages.team.members import Person


@dataclass(frozen=True, slots=True)
class Help:
    """The recovery under way here, if any, whether it may be finished already, and whether one may be asked for.

    `blocked`: the agent waits for it, and can add no means without.
    """

    recovery: Recovery | None = None
    is_open: bool = False
    may_ask: bool = False
    blocked: bool = False


def help_for(person: Person) -> Help:
    """Return what the sheet says: nothing for an account that is not active, or that a password opens alone."""
    member = person.member
    if person.state != "active" or not queries.is_protected(member.agent_id):
        return Help()
    recovery = recoveries.under_way(member.agent)
    if recovery is None:
        may_ask = not person.is_self
        return Help(may_ask=may_ask, blocked=may_ask and not queries.has_second_factor(member.agent_id))
    if recovery.organization_id != member.organization_id:
        return Help()
    return Help(recovery, is_open=recovery.opens_at <= clock.now())
