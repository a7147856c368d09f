"""Does what was granted still stand? Asked at each exchange, refresh and use: the one question, to admission."""

import datetime as dt

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, SessionAssurance, SignIn
from convergences.admission.leading import Under
from convergences.admission.models import Visit
from convergences.admission.queries import SESSION_OVER
from convergences.catalog.models import Application
from convergences.protocols.oidc.models import Grant


def of(visit: Visit, application: Application, *, offline: bool, now: dt.datetime) -> Enter | None:
    """Return the entry that admission grants now to the agent of this visit, or None.

    `offline`: access was granted beyond the session (OpenID Connect Core, section 11): its end ends nothing, and the
    right is asked again all the same.
    """
    decision = admission.decide_for_visit(visit, now=now)
    if isinstance(decision, SignIn) and offline:
        return _beyond(visit, application, now)
    return decision if isinstance(decision, Enter) else None


def of_grant(grant: Grant, under: Under | None, *, now: dt.datetime) -> Enter | None:
    """Return the same for a grant that was read with what is under its visit."""
    decision = admission.decide_under(under, now=now)
    if isinstance(decision, SignIn) and grant.offline:
        return _beyond(grant.visit, grant.client.application, now)
    return decision if isinstance(decision, Enter) else None


def _beyond(visit: Visit, application: Application, now: dt.datetime) -> Enter | None:
    """Return the entry of an agent whose session, and nothing else, has ended the visit."""
    if visit.end_reason not in {"", SESSION_OVER}:
        return None
    membership = visit.membership
    assurance = SessionAssurance.of(visit.session)
    beyond = admission.decide(membership.agent, application, membership.organization, now=now, assurance=assurance)
    # A new membership at the same employer is another life: the token was not given for it.
    return beyond if isinstance(beyond, Enter) and beyond.membership.pk == membership.pk else None
