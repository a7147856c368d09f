"""Who is signed in proves a second factor: for an application, for the managing pages, or to change one's ways in."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.authentication import queries
from convergences.authentication.errors import PendingOver
from convergences.authentication.models import Level
from convergences.authentication.services import mail_step, renewing
from convergences.foundations.text import french
from convergences.pages.sign_in import doors, proving
from convergences.pages.sign_in.proving import Asking
from convergences.pages.sign_in.views.blocked import blocked
from convergences.web.entrance import stepping_up
from convergences.web.entrance.stepping_up import Wanted
from convergences.web.requests import AgentRequest

TOO_LATE = (
    "Le code reçu par e-mail a plus de trente minutes. Saisissez votre mot de passe, puis demandez un autre code."
)


@doors.inner_page("GET", "HEAD", "POST")
def step_up(request: AgentRequest) -> HttpResponseBase:
    """Ask for a second step and go on; without a factor, lead to setting one up, or ask for the password."""
    return _asked(request, proving.usual)


@doors.inner_page("GET", "HEAD", "POST")
def recovery(request: AgentRequest) -> HttpResponseBase:
    """Ask for a recovery code in the place of the usual second step."""
    return _asked(request, proving.by_recovery_code)


def _asked(request: AgentRequest, ask: Callable[[AgentRequest, Asking], HttpResponseBase]) -> HttpResponseBase:
    wanted = stepping_up.read(request)
    asking = _asking(request, wanted)
    back = renewing.came_back_in(request.current)
    if back is not None:
        return _renew(request, asking, recent=renewing.is_recent(back))
    try:
        if asking.methods.blocked:
            return blocked(request, asking)
        if asking.methods.any:
            return ask(request, asking)
        if wanted.application or wanted.managing:
            return render(request, "sign_in/step_up_first.html", _first(request, asking, wanted))
        return proving.by_password(request, asking)
    except PendingOver:
        # The session was strengthened meanwhile, by the first of a double click: the browser may hold its new token.
        return HttpResponseRedirect(wanted.here)


def _renew(request: AgentRequest, asking: Asking, *, recent: bool) -> HttpResponseBase:
    """Lead who has come back by a recovery to a new means, the old ones being lost; or, too late, to another code."""
    if recent:
        return HttpResponseRedirect(asking.said["enrol_url"])
    messages.warning(request, french(TOO_LATE))
    again = {"encore": "1", "identifiant": request.agent.email or "", "next": asking.next}
    return HttpResponseRedirect(f"{reverse('sign_in:login')}?{urlencode(again)}")


def _asking(request: AgentRequest, wanted: Wanted) -> Asking:
    query = request.GET.urlencode()
    return Asking(
        who=request.current,
        agent=request.agent,
        methods=queries.methods_of(request.agent),
        page=f"{reverse('sign_in:step_up')}?{query}",
        recovery=f"{reverse('sign_in:step_up_recovery')}?{query}",
        next=wanted.here,
        may_remember=wanted.device_will_do,
        said={
            "application": wanted.application,
            "managing": wanted.managing,
            "not_enough": request.current.level != Level.ONE_FACTOR and not wanted.level_is_reached(request.current),
            "enrol_url": f"{reverse('account:second_step')}?{urlencode({'next': wanted.here})}",
            **_way_back(wanted),
        },
    )


def _first(request: AgentRequest, asking: Asking, wanted: Wanted) -> dict[str, Any]:
    return {**asking.said, "who_email": request.agent.email, "mail_url": _mail_url(request, wanted)}


def _mail_url(request: AgentRequest, wanted: Wanted) -> str:
    """Return where a code by mail is asked for, or nothing where none is offered."""
    if not wanted.mail_will_do or not mail_step.is_offered(request.current):
        return ""
    return f"{reverse('sign_in:step_up_mail')}?{request.GET.urlencode()}"


def _way_back(wanted: Wanted) -> dict[str, str]:
    if wanted.way_back:
        return {"back_url": wanted.way_back, "back_label": french("Revenir à l'application")}
    if wanted.application or wanted.managing:
        return {"back_url": reverse("home:portal"), "back_label": "Revenir aux applications"}
    return {"back_url": reverse("account:security"), "back_label": "Revenir à la page Sécurité"}
