"""A recovery ends before it is finished: whoever could have used it, it opens nothing any more."""

from convergences.audit.services import About, Actor, record
from convergences.authentication.actions import Action
from convergences.authentication.models import Recovery
from convergences.directory.models import Agent
from convergences.foundations import clock


def cancel(agent: Agent, *, why: str, actor: Actor) -> bool:
    """Cancel the agent's recovery under way, if any, in the current transaction; say whether there was one.

    Call it with the agent held. `why` is a short word for the journal.
    """
    found = Recovery.objects.filter(agent=agent, finished_at__isnull=True, cancelled_at__isnull=True).first()
    if found is None:
        return False
    found.cancelled_at, found.code_digest = clock.now(), ""
    found.save(update_fields=["cancelled_at", "code_digest"])
    about = About(subject_id=agent.pk, subject_label=agent.full_name, organization_id=found.organization_id)
    record(Action.RECOVERY_CANCELLED, actor=actor, about=about, why=why)
    return True
