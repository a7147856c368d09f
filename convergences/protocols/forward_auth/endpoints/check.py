"""`/gate/check` behind Django's machinery: for the requests that the dispatcher leaves (`web.machines.hot`)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from convergences.protocols.forward_auth import checking
from convergences.web.entrance.guards import open_to_strangers, writes_on_get
from convergences.web.machines.hot import Asking


@csrf_exempt
@open_to_strangers
@writes_on_get("a use of an application keeps its session from being idle")
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Answer as the dispatcher does."""
    answer = checking.answer(Asking(request.META, getattr(request, "reference", "")))
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
