"""A sign-in whose password was right and whose second step is to come: it opens nothing by itself.

What the browser holds is sealed for that step alone and lasts ten minutes. Altered, of another step or too old, it is
nothing; copied to another browser, it still asks there for the second step.
"""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase

from convergences.authentication.proofs import Pending
from convergences.pages.sign_in import steps
from convergences.pages.sign_in.steps import Step, Task
from convergences.web.entrance.returning import is_safe

_TASK, _STEP = Task.SIGN_IN, Step.SECOND


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending sign-in, and where to go on once it is complete."""

    pending: Pending
    next: str


def keep(response: HttpResponseBase, pending: Pending, next_address: str) -> None:
    """Give the browser what the second step needs."""
    content = {
        "agent_id": pending.agent_id,
        "password_changed_at": pending.password_changed_at.isoformat(),
        "at": pending.at.isoformat(),
        "next": steps.kept_next(next_address),
    }
    steps.give(response, _TASK, _STEP, content)


def waiting(request: HttpRequest) -> Waiting | None:
    """Return the sign-in that waits in this browser, or None."""
    content = steps.brought(request, _TASK, _STEP)
    if content is None:
        return None
    pending = Pending(
        agent_id=content["agent_id"],
        password_changed_at=dt.datetime.fromisoformat(content["password_changed_at"]),
        at=dt.datetime.fromisoformat(content["at"]),
    )
    return Waiting(pending, content["next"] if is_safe(content["next"]) else "/")


def forget(response: HttpResponseBase) -> None:
    """Take back what the browser holds: the step is made, or nothing can come of it."""
    steps.forget(response, _TASK)
