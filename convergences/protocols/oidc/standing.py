"""Does what was granted still stand? Asked at each exchange, refresh and use: the one question, to admission."""

import datetime as dt

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, SessionAssurance, SignIn
from convergences.admission.models import Visit
from convergences.admission.queries import SESSION_OVER
from convergences.catalog.models import Application


def of(visit: Visit, application: Application, *, offline: bool, now: dt.datetime) -> Enter | None:
    """Return the entry that admission grants now to the agent of this visit, or None.

    `offline`: access was granted beyond the session (OpenID Connect Core, section 11): its end ends nothing, and the
    right is asked again all the same.
    """
    decision = admission.decide_for_visit(visit, now=now)
    if isinstance(decision, SignIn) and offline and visit.end_reason in {"", SESSION_OVER}:
        membership = visit.membership
        assurance = SessionAssurance.of(visit.session)
        beyond = admission.decide(membership.agent, application, membership.organization, now=now, assurance=assurance)
        # A new membership at the same employer is another life: the token was not given for it.
        return beyond if isinstance(beyond, Enter) and beyond.membership.pk == membership.pk else None
    return decision if isinstance(decision, Enter) else None
