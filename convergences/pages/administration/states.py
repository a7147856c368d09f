"""The state of an application in words, as a chip shows it."""

from dataclasses import dataclass

from convergences.catalog.models import Application, Status
from convergences.foundations import clock
from convergences.web.wording.dates import day


@dataclass(frozen=True, slots=True)
class State:
    """A chip: its tone, its word and its icon."""

    tone: str
    said: str
    icon: str


_STATES = {
    Status.DRAFT.value: State("info", "Brouillon", "pencil"),
    Status.PILOT.value: State("info", "Pilote", "flag"),
    Status.OPEN.value: State("ok", "Ouverte", "check"),
    Status.CLOSED.value: State("bad", "Fermée", "lock"),
}


def state_of(application: Application) -> State:
    """Return the state to show: an application that is open from a day to come shows that day."""
    later = application.opens_on is not None and application.opens_on > clock.today()
    if later and application.opens_on and application.status == Status.OPEN:
        return State("warn", day(application.opens_on), "calendar-event")
    return _STATES[application.status]
