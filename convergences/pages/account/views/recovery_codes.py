"""Ten recovery codes: made and shown once, then kept by the agent alone.

What is shown goes with the form of the page, to be put into a file or shown again when the box was not ticked: we could
not read it again ourselves. It is in a body, which no log keeps, and the answers are in no cache.
"""

import re
from collections.abc import Sequence

from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST

from convergences.authentication import queries
from convergences.authentication.services import fresh, recovery_codes
from convergences.foundations import clock
from convergences.pages.account import onward
from convergences.pages.account.forms import KeptForm
from convergences.pages.account.proof import asks_for_proof
from convergences.pages.account.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.requests import AgentRequest

_SHAPE = re.compile(rf"[{recovery_codes.ALPHABET}]{{4}}-[{recovery_codes.ALPHABET}]{{4}}")


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_proof
def make(request: AgentRequest) -> HttpResponse:
    """Say what the codes are for, then make them and show them, once. Who has no factor sets one up first."""
    next_address = onward.next_of(request)
    methods = queries.methods_of(request.agent)
    if not methods.any:
        return HttpResponseRedirect(onward.to("second_step", next_address))
    fresh.require(request.current, methods)
    if request.method == "POST":
        codes = recovery_codes.make(request.agent, session=request.current, actor=actor_of(request))
        return _show(request, codes, KeptForm())
    context = {
        "methods": methods,
        "action": onward.to("recovery_codes", next_address),
        "back_url": onward.to("security", "") if methods.codes_left else onward.to("second_step_done", next_address),
    }
    return page(request, "account/recovery_codes_start.html", context, active="securite")


@require_POST
def kept(request: AgentRequest) -> HttpResponse:
    """Go on once the agent says that the codes are kept; show them again when the box was left empty."""
    form = KeptForm(request.POST)
    codes = _sent(request)
    if form.is_valid() or not codes:
        return HttpResponseRedirect(onward.to("second_step_done", onward.next_of(request)))
    return _show(request, codes, form)


@require_POST
def as_file(request: AgentRequest) -> HttpResponse:
    """Give the codes of the page as a text to keep."""
    codes = _sent(request)
    if not codes:
        return HttpResponseRedirect(onward.to("recovery_codes", ""))
    text = render_to_string(
        "account/recovery_codes.txt", {"codes": codes, "agent": request.agent, "today": clock.today()}
    )
    response = HttpResponse(text.replace("\n", "\r\n"), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="codes-de-secours.txt"'
    response["Cache-Control"] = "no-store"
    return response


def _sent(request: AgentRequest) -> list[str]:
    """Return the codes of the page's form: at most ten, and nothing else that a form may bring."""
    return [code for code in request.POST.getlist("codes") if _SHAPE.fullmatch(code)][: recovery_codes.NUMBER]


def _show(request: AgentRequest, codes: Sequence[str], form: KeptForm) -> HttpResponse:
    context = {
        "codes": codes,
        "form": form,
        "today": clock.today(),
        "kept_action": onward.to("recovery_codes_kept", onward.next_of(request)),
    }
    status = UNPROCESSABLE if form.errors else 200
    response = page(request, "account/recovery_codes.html", context, active="securite", status=status)
    response["Cache-Control"] = "no-store"
    return response
