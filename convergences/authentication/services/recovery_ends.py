"""A recovery ends before it is finished: whoever could have used it, it opens nothing any more."""

from convergences.audit.services import About, Actor, record
from convergences.authentication.actions import Action
from convergences.authentication.models import Recovery, Session
from convergences.authentication.services import sessions
from convergences.directory.models import Agent
from convergences.foundations import clock


def cancel(agent: Agent, *, why: str, actor: Actor, here: Session | None = None) -> bool:
    """Cancel the agent's recovery under way, if any, in the current transaction; say whether there was one.

    The session in which its code was typed ends with it, unless it is the one `here`. Call it with the agent held.
    `why` is a short word for the journal.
    """
    living = Recovery.objects.filter(agent=agent, finished_at__isnull=True, cancelled_at__isnull=True)
    found = living.select_related("session", "session__agent").first()
    if found is None:
        return False
    found.cancelled_at, found.code_digest = clock.now(), ""
    found.save(update_fields=["cancelled_at", "code_digest"])
    if found.session is not None and (here is None or here.pk != found.session_id):
        sessions.end(found.session, reason="recovery_over", actor=actor)
    about = About(subject_id=agent.pk, subject_label=agent.full_name, organization_id=found.organization_id)
    record(Action.RECOVERY_CANCELLED, actor=actor, about=about, why=why)
    return True
