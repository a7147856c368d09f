"""What an agent reads whose every means was frozen: who can help, from when, and the password that opens the way back.

The mailbox alone may have frozen them, and chooses the password: neither sets another means up.
"""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from convergences.authentication.errors import PendingOver, TooManyAttempts
from convergences.authentication.services import recoveries, second_step
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.pages.sign_in import pending, proving
from convergences.pages.sign_in.forms import PasswordAgainForm
from convergences.pages.sign_in.proving import Asking
from convergences.web.requests import AgentRequest


def blocked(request: AgentRequest, asking: Asking) -> HttpResponseBase:
    """Say what is blocked and what to do; once a recovery is open, take the password and go on to its code."""
    recovery = recoveries.under_way(asking.agent)
    is_open = recovery is not None and recovery.opens_at <= clock.now()
    form = PasswordAgainForm(request.POST if request.method == "POST" and is_open else None)
    if form.is_valid():
        try:
            return _to_the_code(request, asking, form.cleaned_data["password"])
        except (TooManyAttempts, PendingOver):
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        **asking.said,
        "who": asking.agent,
        "recovery": recovery,
        "open": is_open,
        "form": form,
        "action": asking.page,
    }
    status = proving.UNPROCESSABLE if form.errors else 200
    return render(request, "sign_in/blocked.html", context, status=status)


def _to_the_code(request: AgentRequest, asking: Asking, password: str) -> HttpResponse:
    waiting = second_step.stand_again(request.current, password)
    response = redirect("sign_in:lost")
    wants = asking.said["application"] or asking.said["managing"]
    pending.keep(response, waiting, asking.next if wants else reverse("account:security"))
    return response
