"""« Je n'ai plus aucun de mes moyens »: the password was right, and somebody who answers for the agent has asked.

What is said here is said to who knows the password, and names nobody: they have not finished signing in.
"""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from convergences.authentication.errors import PendingOver, TooManyAttempts
from convergences.authentication.proofs import Pending
from convergences.authentication.recovery_errors import NoRecovery
from convergences.authentication.services import recoveries, recovering
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.sign_in import doors, proving
from convergences.pages.sign_in.forms import RecoveryForm
from convergences.pages.sign_in.proving import Asking
from convergences.pages.sign_in.views.second_step import asked
from convergences.web.actor import browser_of
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

BACK = "Vous êtes de retour dans votre compte. Il reste une étape : ajouter un nouveau moyen de vérification."


@doors.page("GET", "HEAD", "POST")
def lost(request: HouseRequest) -> HttpResponseBase:
    """Say whether one may come back, and from when; by POST, send the code."""
    return asked(request, _lost)


@doors.page("GET", "HEAD", "POST")
def code(request: HouseRequest) -> HttpResponseBase:
    """Ask for the code of the mail, and go on to adding a new means."""
    return asked(request, _code)


def _lost(request: HouseRequest, asking: Asking) -> HttpResponseBase:
    if request.method == "POST":
        try:
            recovering.send_code(_pending(asking), browser=browser_of(request))
        except NoRecovery:
            return redirect("sign_in:lost")
        return redirect("sign_in:lost_code")
    recovery = recoveries.under_way(asking.agent)
    context = {
        "who": asking.agent,
        "recovery": recovery,
        "open": recovery is not None and recovery.opens_at <= clock.now(),
        **_elsewhere(asking),
    }
    return render(request, "sign_in/lost.html", context)


def _code(request: HouseRequest, asking: Asking) -> HttpResponseBase:
    form = RecoveryForm(request.POST if request.method == "POST" else None)
    try:
        recoveries.open_now(asking.agent)
        if form.is_valid():
            return _came_back(request, asking, form)
    except NoRecovery:
        return redirect("sign_in:lost")
    except (TooManyAttempts, PendingOver):
        raise
    except Refusal as refusal:
        form.add_refusal(refusal)
    context = {"who": asking.agent, "form": form, **_elsewhere(asking)}
    return render(request, "sign_in/lost_code.html", context, status=proving.UNPROCESSABLE if form.errors else 200)


def _came_back(request: HouseRequest, asking: Asking, form: RecoveryForm) -> HttpResponse:
    signed_in = recovering.come_back(
        _pending(asking),
        form.cleaned_data["code"],
        browser=browser_of(request),
        known_browser_token=cookies.known_browser(request),
    )
    messages.warning(request, french(BACK))
    onward = reverse("account:second_step") + doors.onward(asking.next)
    return proving.go_on(request, replace(asking, next=onward), signed_in)


def _elsewhere(asking: Asking) -> dict[str, Any]:
    """Return the way out: to another means, or, when every one was frozen, to the applications of a password."""
    if asking.methods.any:
        return {"has_means": True, "usual_url": asking.page, "usual_label": "Utiliser un autre moyen"}
    return {"has_means": False, "usual_url": reverse("home:portal"), "usual_label": "Revenir aux applications"}


def _pending(asking: Asking) -> Pending:
    if not isinstance(asking.who, Pending):
        raise PendingOver
    return asking.who
