"""What the portal says of the second step: proposed once to everybody, asked of who acts for others."""

from typing import Any

from django.urls import reverse

from convergences.admission import services as admission
from convergences.admission.services import Manage
from convergences.authentication import queries
from convergences.authentication.services import proposals
from convergences.web.header import Grace
from convergences.web.requests import AgentRequest


def second_step(request: AgentRequest) -> dict[str, Any]:
    """Return what the page shows: `proposed`, `overdue`, or nothing; who is in their grace reads it in the header.

    Two queries at most, none once the session had its second step.
    """
    session, since = request.current, request.header.duties_since
    if session.second_factor_at is not None or session.remembered_device_id is not None:
        return {}
    if since is None:
        due = proposals.is_due(request.agent) and not queries.is_protected(request.agent.pk)
        return {"proposed": due}
    decision = admission.decide_for_managing(session, since=since)
    if isinstance(decision, Manage):
        if decision.deadline is not None:
            request.header.grace = Grace(decision.deadline, reverse("account:second_step"))
        return {}
    return {"overdue": not queries.has_second_factor(request.agent.pk)}
