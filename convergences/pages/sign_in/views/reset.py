"""Réinitialisation: the address, the link of the mail, a new password."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from convergences.authentication.models import Purpose
from convergences.authentication.services import reset
from convergences.authentication.services.codes import Proof
from convergences.pages.sign_in import by_mail, doors, steps
from convergences.pages.sign_in.by_mail import Journey
from convergences.pages.sign_in.forms import NewPasswordForm
from convergences.pages.sign_in.steps import Carried, Step, Task
from convergences.web.actor import browser_of
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

JOURNEY = Journey(Task.RESET, Purpose.RESET, name="reset", sent="reset_sent")


@doors.page("GET", "HEAD", "POST")
def address(request: HouseRequest) -> HttpResponseBase:
    """Ask for the address."""
    return by_mail.ask_address(request, JOURNEY)


@doors.page("GET", "HEAD")
def sent(request: HouseRequest) -> HttpResponseBase:
    """Say where to look."""
    carried = steps.carried(request, JOURNEY.task, Step.CODE)
    if carried is None:
        return redirect("sign_in:reset")
    return render(request, "sign_in/reset_2.html", {"email": carried.email, **doors.going_on(request, carried.next)})


@doors.page("GET", "HEAD")
def link(request: HouseRequest) -> HttpResponseBase:
    """Follow the link of the mail."""
    return by_mail.follow_link(request, JOURNEY)


@doors.page("GET", "HEAD", "POST")
def password(request: HouseRequest) -> HttpResponseBase:
    """Ask for the new password."""
    return by_mail.ask_password(request, JOURNEY, _finish)


def _finish(request: HttpRequest, proof: Proof, form: NewPasswordForm, carried: Carried) -> HttpResponse:
    known = cookies.known_browser(request)
    kept = reset.finish(proof, form.cleaned_data["new"], browser=browser_of(request), known_browser_token=known)
    response = redirect("sign_in:reset_done")
    cookies.set_browser(response, kept)
    steps.carry(response, JOURNEY.task, Step.DONE, Carried(next=carried.next))
    return response


@doors.page("GET", "HEAD")
def done(request: HouseRequest) -> HttpResponseBase:
    """Say that the password is changed."""
    carried = steps.carried(request, JOURNEY.task, Step.DONE)
    if carried is None:
        return redirect("sign_in:login")
    return render(request, "sign_in/reset_4.html", doors.going_on(request, carried.next))
