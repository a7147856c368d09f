"""The second step of a sign-in: the password was right, and nothing is open yet."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from convergences.authentication import queries
from convergences.authentication.errors import PendingOver
from convergences.authentication.services import second_step as steps
from convergences.directory.models import Agent
from convergences.pages.sign_in import doors, pending, proving
from convergences.pages.sign_in.pending import Waiting
from convergences.pages.sign_in.proving import Asking
from convergences.web.entrance.returning import safe_next
from convergences.web.requests import HouseRequest


@doors.page("GET", "HEAD", "POST")
def second_step(request: HouseRequest) -> HttpResponseBase:
    """Ask for the second step of the sign-in that waits in this browser."""
    return asked(request, proving.usual)


@doors.page("GET", "HEAD", "POST")
def recovery(request: HouseRequest) -> HttpResponseBase:
    """Ask for a recovery code in its place."""
    return asked(request, proving.by_recovery_code)


def asked(request: HouseRequest, ask: Callable[[HouseRequest, Asking], HttpResponseBase]) -> HttpResponseBase:
    """Answer a page of the sign-in that waits in this browser; without one, lead to the beginning."""
    waiting = pending.waiting(request)
    if waiting is None:
        # Sent twice, or come back to: who is signed in goes on, anybody else begins again.
        return HttpResponseRedirect(safe_next(request)) if request.agent else redirect("sign_in:login")
    try:
        agent = steps.resolve(waiting.pending)
        asking = _asking(waiting, agent)
        if ask in (proving.usual, proving.by_recovery_code) and not asking.methods.any:
            return redirect("sign_in:lost")  # every means was frozen: nothing can be asked for there
        return ask(request, asking)
    except PendingOver as refusal:
        messages.error(request, refusal.sentence)
        return _again(waiting)


def _asking(waiting: Waiting, agent: Agent) -> Asking:
    return Asking(
        who=waiting.pending,
        agent=agent,
        methods=queries.methods_of(agent),
        page=reverse("sign_in:second_step"),
        recovery=reverse("sign_in:second_step_recovery"),
        next=waiting.next,
        may_remember=True,
        said={
            "back_url": reverse("sign_in:login") + doors.onward(waiting.next),
            "back_label": "Changer de compte",
            "lost_url": reverse("sign_in:lost"),
        },
    )


def _again(waiting: Waiting) -> HttpResponse:
    response = HttpResponseRedirect(reverse("sign_in:login") + doors.onward(waiting.next))
    pending.forget(response)
    return response
