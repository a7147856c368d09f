"""Reading admission: tiles, previews, and the visits that must end."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from convergences.admission import facts as source
from convergences.admission.decisions import Reason
from convergences.admission.facts import VisitFacts
from convergences.admission.models import EmployerChoice
from convergences.admission.previews import preview_tiles
from convergences.admission.rules import broken, still_strong_enough
from convergences.admission.tiles import Tile, TileState, tiles
from convergences.catalog.models import Application
from convergences.directory.models import Agent
from convergences.foundations.clock import day_of

__all__ = [
    "SESSION_OVER",
    "Ending",
    "Tile",
    "TileState",
    "chosen_employer",
    "preview_tiles",
    "tiles",
    "visits_to_end",
]

SESSION_OVER = "session_over"


@dataclass(frozen=True, slots=True)
class Ending:
    """An open visit that must end, and why: `session_over`, or a reason of the decision."""

    visit_id: int
    reason: str


def visits_to_end(now: dt.datetime) -> Iterator[Ending]:
    """Yield the open visits that must end: their session is over, or the decision's table no longer says yes.

    One statement over the present state, so that no act need remember to end visits, whoever did it and by whatever
    door; then the very table that let them in, so that the two cannot disagree.
    """
    today = day_of(now)
    for under in source.under_visits(now):
        reason = _reason(under, today)
        if reason:
            yield Ending(under.visit_id, reason)


def _reason(under: VisitFacts, today: dt.date) -> str:
    if under.session_over:
        return SESSION_OVER
    rule = broken(under.facts, today)
    if rule is not None:
        return rule.reason.value
    strong = still_strong_enough(under.facts.assurance, second_factor=under.second_factor)
    return "" if strong else Reason.STRONGER_AUTHENTICATION.value


def chosen_employer(agent: Agent, application: Application) -> int | None:
    """Return the membership, by identifier, for which the agent has chosen to open the application; None if never."""
    choices = EmployerChoice.objects.filter(agent=agent, application=application)
    return choices.values_list("membership_id", flat=True).first()
