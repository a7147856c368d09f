"""Reading admission: tiles, previews, and the visits that must end."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Max

from convergences.admission import sources
from convergences.admission.decisions import Reason
from convergences.admission.facts import VisitFacts
from convergences.admission.models import EmployerChoice, Visit
from convergences.admission.previews import preview_tiles
from convergences.admission.rules import broken, still_strong_enough
from convergences.admission.tiles import Tile, TileState, tiles
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Organization
from convergences.foundations.clock import day_of

__all__ = [
    "SESSION_OVER",
    "Ending",
    "Farewell",
    "FarewellState",
    "Tile",
    "TileState",
    "chosen_employer",
    "farewells",
    "last_entry",
    "open_visits",
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
    for under in sources.under_visits(now):
        reason = _reason(under, today)
        if reason:
            yield Ending(under.visit_id, reason)


def _reason(under: VisitFacts, today: dt.date) -> str:
    if under.session_over:
        return SESSION_OVER
    rule = broken(under.facts, today)
    if rule is not None:
        return rule.reason.value
    strong = still_strong_enough(under.facts, second_factor=under.second_factor, remembered=under.remembered)
    return "" if strong else Reason.STRONGER_AUTHENTICATION.value


def chosen_employer(agent: Agent, application: Application) -> int | None:
    """Return the membership, by identifier, for which the agent has chosen to open the application; None if never."""
    choices = EmployerChoice.objects.filter(agent=agent, application=application)
    return choices.values_list("membership_id", flat=True).first()


def last_entry(application: Application) -> dt.datetime | None:
    """Return when somebody last entered the application, or None if nobody ever did."""
    found: dt.datetime | None = Visit.objects.filter(application=application).aggregate(at=Max("last_entered_at"))["at"]
    return found


def open_visits(application: Application) -> int:
    """Return how many visits of the application are open."""
    return Visit.objects.filter(application=application, end_requested_at__isnull=True).count()


def open_visits_for(organization: Organization) -> int:
    """Return how many visits are open on behalf of this employer."""
    return Visit.objects.filter(membership__organization=organization, end_requested_at__isnull=True).count()


class FarewellState(StrEnum):
    """Whether an application knows that its visit is over."""

    TOLD = "told"
    WAITING = "waiting"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Farewell:
    """An application that was open in a session that is over."""

    application: Application
    state: FarewellState


def farewells(session_uid: uuid.UUID) -> list[Farewell]:
    """Return each application that a session was in when it ended, and whether it knows, in the catalogue's order.

    One that has not answered at the first try is `UNTOLD` until it does: a person waits for seconds, not for hours.
    """
    visits = Visit.objects.filter(session__uid=session_uid, session__ended_at__isnull=False).exclude(end_reason="left")
    found: dict[int, Farewell] = {}
    for visit in visits.select_related("application").order_by("application__position", "application__name"):
        before = found.get(visit.application_id)
        state = _farewell(visit)
        if before is None or _GRAVITY.index(state) > _GRAVITY.index(before.state):
            found[visit.application_id] = Farewell(visit.application, state)
    return list(found.values())


_GRAVITY = (FarewellState.TOLD, FarewellState.WAITING, FarewellState.UNTOLD)


def _farewell(visit: Visit) -> FarewellState:
    if visit.told_at is not None:
        return FarewellState.TOLD
    missed = visit.ended_at is not None or visit.given_up_at is not None or bool(visit.telling_error)
    return FarewellState.UNTOLD if missed else FarewellState.WAITING
