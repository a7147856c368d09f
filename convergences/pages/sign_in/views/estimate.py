"""The live meter of a new password: the very judgment of the server, while typing.

Only for who may choose a password now: signed in, or at that step of a first visit or a reset. The value is judged and
forgotten: it is in a body, which no log keeps.
"""

from django.http import HttpResponseBase, JsonResponse

from convergences.authentication import strength
from convergences.authentication.errors import DeadLink
from convergences.authentication.models import Purpose
from convergences.authentication.services import codes
from convergences.directory.models import Agent
from convergences.pages.sign_in import doors, steps
from convergences.pages.sign_in.steps import Step, Task
from convergences.web.requests import HouseRequest

_PURPOSES = {Task.FIRST_VISIT: Purpose.FIRST_VISIT, Task.RESET: Purpose.RESET}


@doors.page("POST")
def estimate(request: HouseRequest) -> HttpResponseBase:
    """Return the parts of the rule that the password misses, and its bits."""
    agent = _choosing(request)
    if agent is None:
        return JsonResponse({"missing": None}, status=403)
    judged = strength.assess(request.POST.get("password", ""), context=strength.context_of(agent))
    return JsonResponse({"missing": judged.missing, "bits": round(judged.bits)})


def _choosing(request: HouseRequest) -> Agent | None:
    task = next((task for task in Task if task.value == request.POST.get("task")), None)
    if task is None:
        return request.agent
    carried = steps.carried(request, task, Step.PASSWORD)
    try:
        return codes.proof(_PURPOSES[task], carried.code_id).agent if carried else None
    except DeadLink:
        return None
