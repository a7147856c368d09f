"""« Ce que verra l'agent »: for the référent, the tiles of an agent's portal, and why each is there or not.

It reads the table that the portal reads, without being the agent, and tells nothing of their other employers.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from convergences.admission import sources
from convergences.admission.decisions import Reason, SessionAssurance
from convergences.admission.facts import Facts
from convergences.admission.tiles import Seen, Tile, laid, opening, see
from convergences.catalog.models import Assurance, Status
from convergences.directory.models import AgentState, Membership
from convergences.directory.names import of
from convergences.foundations import clock
from convergences.foundations.text import day_in_words


def preview_tiles(membership: Membership, now: dt.datetime | None = None) -> list[Tile]:
    """Return each application that this employer may know, hidden ones too, with why, in three queries.

    What an agent who has not come yet will see once they have: an invitation not answered, or an attachment not
    accepted, hides nothing here, and so tells nothing of other employers.
    """
    instant = now or clock.now()
    password = SessionAssurance(factors=(), authenticated_at=instant)
    found = [_once_arrived(facts) for facts in sources.of_membership(membership.pk)]
    return laid([see(facts, instant, password) for facts in found if _is_mentioned(facts)], _explanation)


def _once_arrived(facts: Facts) -> Facts:
    if not facts.membership_confirmed:
        offer = replace(facts.offer, pilot=False)
        return facts._replace(membership_confirmed=True, agent_state=AgentState.ACTIVE, offer=offer)
    return facts._replace(agent_state=AgentState.ACTIVE) if facts.agent_state == AgentState.INVITED else facts


def _is_mentioned(facts: Facts) -> bool:
    """Drafts to nobody; trials to their pilots; what is closed, to who has a right on it still."""
    status = facts.offer.status
    if status == Status.DRAFT:
        return False
    on_trial = status == Status.PILOT and facts.offer.pilot
    return status == Status.OPEN or on_trial or facts.entitlement_id is not None


def _explanation(one: Seen) -> str:
    return _granted(one) if one.reason is None else _REASONS[one.reason](one)


def _granted(one: Seen) -> str:
    until = one.facts.entitlement_ends_on
    given = f"Droit donné jusqu'au {day_in_words(until)}" if until else "Droit donné"
    return given if one.facts.assurance == Assurance.PASSWORD else f"{given}, avec vérification en deux étapes"


def _opening(one: Seen) -> str:
    day = opening(one)
    return f"Ouverture le {day_in_words(day)}" if day else "À l'essai auprès de quelques agents"


def _absence(one: Seen) -> str:
    return "Accès suspendus" if one.facts.membership_suspended else "Hors des dates du rattachement"


_REASONS: dict[Reason, Callable[[Seen], str]] = {
    Reason.AGENT_INACTIVE: lambda _one: "Compte suspendu",
    Reason.MEMBERSHIP_OVER: _absence,
    Reason.ORGANIZATION_INACTIVE: lambda _one: "Employeur retiré du portail",
    Reason.NOT_SUBSCRIBED: lambda one: f"Aucun abonnement {of(one.facts.organization_name or '')}",
    Reason.NO_SEAT: lambda _one: "Toutes les places de l'abonnement sont prises",
    Reason.NOT_OPEN_YET: _opening,
    Reason.APPLICATION_CLOSED: lambda _one: "Application fermée",
    Reason.NOT_ENTITLED: lambda _one: "Aucun droit donné",
}
