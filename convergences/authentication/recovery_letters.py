"""The mails of a recovery. None but that of the code holds a secret that opens something."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from convergences.authentication import delays
from convergences.authentication.browsers import Browser
from convergences.authentication.models import ChangeKind, Recovery
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.mail import compose
from convergences.foundations.outbox import Mail

_FOLDER = "authentication/mail"


@dataclass(frozen=True, slots=True)
class Told:
    """A recovery, who asked for it, the handle of the member's sheet, and whether all means were frozen, not lost."""

    recovery: Recovery
    asker: str
    member: str = ""
    blocked: bool = False


def agent(kind: ChangeKind, told: Told, token: str) -> Mail:
    """Return what tells the agent that a recovery was started, or is open, with the link « Ce n'est pas moi »."""
    return _compose("recovery_told", told, told.recovery.agent, kind=str(kind), token=token)


def others(kind: ChangeKind, told: Told, whom: Iterable[Agent]) -> Iterator[Mail]:
    """Yield what tells those who answer for the agent too."""
    for reader in whom:
        if reader.email:
            yield _compose("recovery_told_others", told, reader, kind=str(kind))


def cancelled(told: Told) -> Mail:
    """Return what tells the agent that a référent has cancelled it."""
    return _compose("recovery_cancelled", told, told.recovery.agent)


def code(told: Told, code: str, browser: Browser) -> Mail:
    """Return the mail with the code by which the agent finishes."""
    return _compose("recovery_code", told, told.recovery.agent, code=code, browser=browser.name)


def came_back(told: Told, token: str, browser: Browser) -> Mail:
    """Return what tells the agent that somebody has come back with the code, with the link « Ce n'est pas moi »."""
    return _compose("recovery_finished", told, told.recovery.agent, token=token, browser=browser.name)


def _compose(name: str, told: Told, reader: Agent, **more: str) -> Mail:
    recovery = told.recovery
    context = {
        "name": reader.full_name,
        "blocked": "yes" if told.blocked else "",
        "agent_name": recovery.agent.full_name,
        "asker": told.asker,
        "hour": delays.clock_time(clock.now()),
        "opens": delays.day_and_time(recovery.opens_at) if recovery.opens_at > clock.now() else "",
        "ends": delays.day_and_time(recovery.expires_at),
        "sheet": f"/annuaire/collectivites/{recovery.organization.key}/utilisateurs/{told.member}",
        **more,
    }
    return compose(f"authentication.{name}", reader.email or "", f"{_FOLDER}/{name}", context)
