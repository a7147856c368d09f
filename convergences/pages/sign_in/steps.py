"""What a step of a task leaves to the next one: a sealed cookie, good for that step only, for a while, in this browser.

Sealed for its task and step: the proof that a code was asked for does not open the page where a password is chosen, and
a proof of the first visit opens nothing of the reset. It needs neither a script nor a session, and the page can be
reloaded.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from convergences.foundations import clock
from convergences.foundations.sealing import seal, unseal
from convergences.web.entrance.returning import is_safe
from convergences.web.serving import cookies

_LONGEST_NEXT = 2000  # a cookie holds 4,096 bytes (RFC 6265, section 6.1); beyond, one goes on to the portal


class Task(Enum):
    """A task in steps: each has its own cookie, so that two may be under way in one browser."""

    FIRST_VISIT = "visit"
    RESET = "reset"
    SIGN_IN = "sign-in"


class Step(Enum):
    """A step, and how long what was proved before it stays good."""

    CODE = "code", dt.timedelta(minutes=40)
    PASSWORD = "password", dt.timedelta(minutes=30)
    DONE = "done", dt.timedelta(minutes=10)
    SECOND = "second", dt.timedelta(minutes=10)

    def __init__(self, label: str, lasts: dt.timedelta) -> None:
        self.label = label
        self.lasts = lasts


@dataclass(frozen=True, slots=True)
class Carried:
    """What a step knows: the address typed, the code proved (0: none yet), and where to go on in the end."""

    email: str = ""
    code_id: int = 0
    next: str = "/"


def carry(response: HttpResponseBase, task: Task, step: Step, carried: Carried) -> None:
    """Give the browser what the step needs."""
    give(response, task, step, {**asdict(carried), "next": kept_next(carried.next)})


def carried(request: HttpRequest, task: Task, step: Step) -> Carried | None:
    """Return what the browser brings for this step; None when it is absent, altered, too old, or for another step."""
    content = brought(request, task, step)
    if content is None:
        return None
    found = Carried(**content)
    return found if is_safe(found.next) else Carried(found.email, found.code_id)


def kept_next(address: str) -> str:
    """Return the address to go on to, or the portal when it is too long for a cookie."""
    return address if len(address) <= _LONGEST_NEXT else "/"


def give(response: HttpResponseBase, task: Task, step: Step, content: Mapping[str, Any]) -> None:
    """Seal a content for one step, for as long as the step lasts."""
    until = (clock.now() + step.lasts).timestamp()
    sealed = seal(json.dumps({**content, "until": until}), use=_use(task, step))
    cookies.keep(response, _cookie(task), sealed, seconds=int(step.lasts.total_seconds()))


def brought(request: HttpRequest, task: Task, step: Step) -> dict[str, Any] | None:
    """Return the content sealed for this step, or None when it is absent, altered, too old, or for another step."""
    try:
        content: dict[str, Any] = json.loads(unseal(request.COOKIES.get(_cookie(task), ""), use=_use(task, step)))
    except InvalidToken:
        return None
    return content if content.pop("until") > clock.now().timestamp() else None


def forget(response: HttpResponseBase, task: Task) -> None:
    """Take back what the browser keeps of a task."""
    response.delete_cookie(_cookie(task), path="/", samesite="Lax")


def _cookie(task: Task) -> str:
    return f"__Host-{task.value}" if settings.SECURE else task.value


def _use(task: Task, step: Step) -> str:
    return f"sign_in/{task.value}/{step.label}"
