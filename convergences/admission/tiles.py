"""The portal's tiles: the decision's table, read for every application at once. No tile can disagree with the door."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from convergences.admission import facts as source
from convergences.admission.decisions import Reason, SessionAssurance
from convergences.admission.facts import Facts
from convergences.admission.rules import broken, is_entitled, is_strong_enough
from convergences.catalog.models import Application, Assurance, Status
from convergences.directory.models import Agent, AgentState, Membership
from convergences.directory.names import of
from convergences.foundations import clock
from convergences.foundations.clock import day_of
from convergences.foundations.text import day_in_words, french


class TileState(StrEnum):
    """What a tile does. `HIDDEN` ones appear in previews only."""

    OPEN = "open"
    STEP_UP = "step_up"
    SOON = "soon"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Tile:
    """One application on the portal, whatever the number of employers it is open for (`memberships`, by name).

    `sentence` is short; in a preview it says, to a référent, why the tile is there or not.
    """

    application: Application
    state: TileState
    opens_on: dt.date | None
    memberships: tuple[Membership, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class _Seen:
    facts: Facts
    state: TileState
    reason: Reason | None


def tiles(agent: Agent, now: dt.datetime, *, assurance: SessionAssurance | None = None) -> list[Tile]:
    """Return the tiles of an agent, in the catalogue's order, in three queries.

    Open: `decide` says `Enter`; step_up: it says `StepUp` (without `assurance`, as for a session of a password only);
    soon: a right is given, or can be, on an application that is not open yet. Nothing else has a tile.
    """
    strength = assurance or SessionAssurance(factors=(), authenticated_at=now)
    seen = [_seen(facts, now, strength) for facts in source.of_agent(agent.pk)]
    return _tiles([one for one in seen if one.state != TileState.HIDDEN], _sentence)


def preview_tiles(membership: Membership, now: dt.datetime | None = None) -> list[Tile]:
    """Return, for the référent, each application that is shown to anybody, and why this agent's portal has it or not.

    What an agent who has not come yet will see once they have: an invitation not answered, or an attachment not
    accepted, hides nothing here, and so tells nothing of other employers.
    """
    instant = now or clock.now()
    strength = SessionAssurance(factors=(), authenticated_at=instant)
    facts = [_once_arrived(found) for found in source.of_membership(membership.pk)]
    return _tiles([_seen(one, instant, strength) for one in facts if _is_mentioned(one)], _explanation)


def _once_arrived(facts: Facts) -> Facts:
    if not facts.membership_confirmed:
        offer = replace(facts.offer, pilot=False)
        return replace(facts, membership_confirmed=True, agent_state=AgentState.ACTIVE, offer=offer)
    return replace(facts, agent_state=AgentState.ACTIVE) if facts.agent_state == AgentState.INVITED else facts


def _is_mentioned(facts: Facts) -> bool:
    """Drafts to nobody; trials to their pilots; what is closed, to who has a right on it still."""
    status = facts.offer.status
    if status == Status.DRAFT:
        return False
    on_trial = status == Status.PILOT and facts.offer.pilot
    return status == Status.OPEN or on_trial or facts.entitlement_id is not None


def _seen(facts: Facts, now: dt.datetime, assurance: SessionAssurance) -> _Seen:
    today = day_of(now)
    rule = broken(facts, today)
    if rule is None:
        strong = is_strong_enough(facts.assurance, assurance, now=now)
        return _Seen(facts, TileState.OPEN if strong else TileState.STEP_UP, None)
    if rule.reason == Reason.NOT_OPEN_YET and _is_announced(facts, today):
        return _Seen(facts, TileState.SOON, rule.reason)
    return _Seen(facts, TileState.HIDDEN, rule.reason)


def _is_announced(facts: Facts, today: dt.date) -> bool:
    """A right is given already; or the employer is subscribed and the day is known, so that one may be given."""
    return is_entitled(facts, today) or facts.offer.status == Status.OPEN


_BEST = (TileState.OPEN, TileState.STEP_UP, TileState.SOON, TileState.HIDDEN)


def _tiles(seen: Sequence[_Seen], sentence: Callable[[_Seen], str]) -> list[Tile]:
    applications = Application.objects.in_bulk({one.facts.application_id for one in seen})
    memberships = Membership.objects.select_related("organization").in_bulk(
        {one.facts.membership_id for one in seen if one.facts.membership_id}
    )
    made = []
    for application_id, group in groupby(seen, key=lambda one: one.facts.application_id):
        best = _best(group)
        made.append(
            Tile(
                application=applications[application_id],
                state=best[0].state,
                opens_on=best[0].facts.offer.opens_on if best[0].reason == Reason.NOT_OPEN_YET else None,
                memberships=tuple(memberships[one.facts.membership_id] for one in best if one.facts.membership_id),
                sentence=french(sentence(best[0])),
            )
        )
    return made


def _best(group: Iterable[_Seen]) -> list[_Seen]:
    """Keep the employers for whom the application is nearest: open for one, it is an open tile."""
    ordered = sorted(group, key=lambda one: _BEST.index(one.state))
    kept = [one for one in ordered if one.state == ordered[0].state]
    return (
        sorted(kept, key=lambda one: one.facts.offer.opens_on or dt.date.max)
        if kept[0].state == TileState.SOON
        else kept
    )


def _sentence(one: _Seen) -> str:
    if one.state == TileState.SOON:
        return f"Ouverture le {day_in_words(one.facts.offer.opens_on)}" if one.facts.offer.opens_on else "Bientôt"
    return "Vérification en deux étapes" if one.state == TileState.STEP_UP else ""


def _explanation(one: _Seen) -> str:
    if one.reason is None:
        return _granted(one)
    return _REASONS[one.reason](one.facts)


def _granted(one: _Seen) -> str:
    until = one.facts.entitlement_ends_on
    given = f"Droit donné jusqu'au {day_in_words(until)}" if until else "Droit donné"
    return given if one.facts.assurance == Assurance.PASSWORD else f"{given}, avec vérification en deux étapes"


def _opening(facts: Facts) -> str:
    if facts.offer.status == Status.PILOT or facts.offer.opens_on is None:
        return "À l'essai auprès de quelques agents"
    return f"Ouverture le {day_in_words(facts.offer.opens_on)}"


_REASONS: dict[Reason, Callable[[Facts], str]] = {
    Reason.AGENT_INACTIVE: lambda _facts: "Compte suspendu",
    Reason.MEMBERSHIP_OVER: lambda facts: (
        "Accès suspendus" if facts.membership_suspended else "Hors des dates du rattachement"
    ),
    Reason.ORGANIZATION_INACTIVE: lambda _facts: "Employeur retiré du portail",
    Reason.NOT_SUBSCRIBED: lambda facts: f"Aucun abonnement {of(facts.organization_name or '')}",
    Reason.NO_SEAT: lambda _facts: "Toutes les places de l'abonnement sont prises",
    Reason.NOT_OPEN_YET: _opening,
    Reason.APPLICATION_CLOSED: lambda _facts: "Application fermée",
    Reason.NOT_ENTITLED: lambda _facts: "Aucun droit donné",
}
