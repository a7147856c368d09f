"""The portal's tiles: the decision's table, read for every application at once. No tile can disagree with the door."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from convergences.admission import sources
from convergences.admission.decisions import Reason, SessionAssurance
from convergences.admission.facts import Facts
from convergences.admission.rules import broken, is_entitled, is_strong_enough
from convergences.catalog.models import Application, Status
from convergences.directory.models import Agent, Membership
from convergences.foundations.clock import day_of
from convergences.foundations.text import day_in_words, french


class TileState(StrEnum):
    """What a tile does, the nearest to open first. `HIDDEN` ones appear in previews only."""

    OPEN = "open"
    STEP_UP = "step_up"
    SOON = "soon"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Tile:
    """One application on the portal, whatever the number of employers it is open for (`memberships`, by name).

    `sentence` is short; in a preview it says, to a référent, why the tile is there or not. `opens_on` is set for a tile
    to come, when its day is known.
    """

    application: Application
    state: TileState
    opens_on: dt.date | None
    memberships: tuple[Membership, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What the table says of one application for one employer; `reason` is None when it is yes."""

    facts: Facts
    state: TileState
    reason: Reason | None


def tiles(agent: Agent, now: dt.datetime, *, assurance: SessionAssurance | None = None) -> list[Tile]:
    """Return the tiles of an agent, in the catalogue's order, in three queries.

    Open: `decide` says `Enter`; step_up: it says `StepUp` (without `assurance`, as for a session of a password only);
    soon: a right is given, or can be, on an application that is not open yet. Nothing else has a tile.
    """
    strength = assurance or SessionAssurance(factors=(), authenticated_at=now)
    seen = [see(facts, now, strength) for facts in sources.of_agent(agent.pk)]
    return laid([one for one in seen if one.state != TileState.HIDDEN], _sentence)


def see(facts: Facts, now: dt.datetime, assurance: SessionAssurance) -> Seen:
    """Return what an agent sees of one application for one employer."""
    today = day_of(now)
    rule = broken(facts, today)
    if rule is None:
        strong = is_strong_enough(facts, assurance, now=now)
        return Seen(facts, TileState.OPEN if strong else TileState.STEP_UP, None)
    if rule.reason == Reason.NOT_OPEN_YET and _is_announced(facts, today):
        return Seen(facts, TileState.SOON, rule.reason)
    return Seen(facts, TileState.HIDDEN, rule.reason)


def laid(seen: Sequence[Seen], sentence: Callable[[Seen], str]) -> list[Tile]:
    """Make one tile for each application seen, in two queries; `seen` holds each application's employers together."""
    applications = Application.objects.in_bulk({one.facts.application_id for one in seen})
    known = Membership.objects.select_related("organization")
    memberships = known.in_bulk({one.facts.membership_id for one in seen if one.facts.membership_id})
    made = []
    for application_id, group in groupby(seen, key=lambda one: one.facts.application_id):
        best = _best(group)
        made.append(
            Tile(
                application=applications[application_id],
                state=best[0].state,
                opens_on=opening(best[0]),
                memberships=tuple(memberships[one.facts.membership_id] for one in best if one.facts.membership_id),
                sentence=french(sentence(best[0])),
            )
        )
    return made


def opening(one: Seen) -> dt.date | None:
    """Return the day of an opening to come; a trial has none, whatever day is planned."""
    to_come = one.reason == Reason.NOT_OPEN_YET and one.facts.offer.status == Status.OPEN
    return one.facts.offer.opens_on if to_come else None


def _is_announced(facts: Facts, today: dt.date) -> bool:
    """A right is given already; or the employer is subscribed and the day is known, so that one may be given."""
    return is_entitled(facts, today) or facts.offer.status == Status.OPEN


def _best(group: Iterable[Seen]) -> list[Seen]:
    """Keep the employers for whom the application is nearest to open: open for one, it is an open tile."""
    order = list(TileState)
    ranked = sorted(group, key=lambda one: (order.index(one.state), opening(one) or dt.date.max))
    return [one for one in ranked if one.state == ranked[0].state]


def _sentence(one: Seen) -> str:
    if one.state == TileState.SOON:
        day = opening(one)
        return f"Ouverture le {day_in_words(day)}" if day else "Bientôt"
    return "Vérification en deux étapes" if one.state == TileState.STEP_UP else ""
