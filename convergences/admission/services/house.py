"""May this session open the pages where one acts for others: those of référents, and of the centre?

Not an application of the catalogue, and nobody may lower what it asks: a second factor, once a grace is over.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from convergences.admission.decisions import StepUp
from convergences.authentication import queries
from convergences.authentication.models import Session
from convergences.authentication.rules import must_have_second_factor
from convergences.catalog.models import Assurance
from convergences.foundations import clock


@dataclass(frozen=True, slots=True)
class Manage:
    """Yes. `deadline` is set for who has no second factor yet: until then they may do without."""

    deadline: dt.datetime | None = None


def decide_for_managing(session: Session, *, since: dt.datetime | None) -> Manage | StepUp:
    """Say whether this session manages others now, or must prove a second factor first.

    `since`: when its agent's duties began, or their account if that is later; None when they have none. A remembered
    device will do. Who has a factor is asked for it, grace or not: it is there to be used; one that was frozen gives no
    grace back. Read in one query, in none once the session is strong.
    """
    if session.second_factor_at is not None or session.remembered_device_id is not None:
        return Manage()
    if queries.is_protected(session.agent_id):
        return StepUp(Assurance.SECOND_FACTOR)
    grace = dt.timedelta(days=settings.CONFIGURATION.second_factor_grace_days)
    now = clock.now()
    requirement = must_have_second_factor(since is not None, since or now, now, grace)
    return StepUp(Assurance.SECOND_FACTOR) if requirement.overdue else Manage(requirement.deadline)
