"""Première visite, in four steps: address, code, password, done. Each is proved by what the one before left."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from convergences.authentication.errors import DeadLink, WrongCode
from convergences.authentication.models import Purpose
from convergences.authentication.services import codes, first_visit
from convergences.authentication.services.codes import Proof
from convergences.foundations.text import french
from convergences.pages.sign_in import by_mail, doors, steps
from convergences.pages.sign_in.by_mail import Journey
from convergences.pages.sign_in.forms import CodeForm, NewPasswordForm
from convergences.pages.sign_in.steps import Carried, Step, Task
from convergences.web.actor import browser_of
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

JOURNEY = Journey(Task.FIRST_VISIT, Purpose.FIRST_VISIT, name="first_visit", sent="first_visit_code")
SENT_AGAIN = "Votre demande est prise en compte : si l'adresse est connue de nos services, un nouveau code y arrive."


@doors.page("GET", "HEAD", "POST")
def address(request: HouseRequest) -> HttpResponseBase:
    """Ask for the address."""
    return by_mail.ask_address(request, JOURNEY)


@doors.page("GET", "HEAD", "POST")
def code(request: HouseRequest) -> HttpResponseBase:
    """Ask for the code, or send another."""
    carried = steps.carried(request, JOURNEY.task, Step.CODE)
    if carried is None:
        return redirect("sign_in:first_visit")
    if request.method == "POST" and "renvoyer" in request.POST:
        return _send_again(request, carried)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proof = _redeemed(request, carried, form)
        except (WrongCode, DeadLink) as refusal:
            form.add_error("code", refusal.sentence)
        else:
            return by_mail.to_password(JOURNEY, proof, carried.next)
    return render(request, "sign_in/first_visit_2.html", {"form": form, "email": carried.email})


def _redeemed(request: HttpRequest, carried: Carried, form: CodeForm) -> Proof:
    typed = form.cleaned_data["code"]
    return codes.redeem_code(JOURNEY.purpose, carried.email, typed, browser=browser_of(request))


def _send_again(request: HttpRequest, carried: Carried) -> HttpResponse:
    response = by_mail.send(request, JOURNEY, carried)
    messages.info(request, french(SENT_AGAIN))
    return response


@doors.page("GET", "HEAD")
def link(request: HouseRequest) -> HttpResponseBase:
    """Follow the link of the mail, in the place of the code."""
    return by_mail.follow_link(request, JOURNEY)


@doors.page("GET", "HEAD", "POST")
def password(request: HouseRequest) -> HttpResponseBase:
    """Ask for the password, and come in."""
    return by_mail.ask_password(request, JOURNEY, _finish)


def _finish(request: HouseRequest, proof: Proof, form: NewPasswordForm, carried: Carried) -> HttpResponse:
    signed_in = first_visit.finish(
        proof,
        form.cleaned_data["new"],
        browser=browser_of(request),
        known_browser_token=cookies.known_browser(request),
        previous_session=request.current,
    )
    response = redirect("sign_in:first_visit_done")
    cookies.give(request, response, signed_in)
    steps.carry(response, JOURNEY.task, Step.DONE, Carried(next=carried.next))
    return response


@doors.page("GET", "HEAD")
def done(request: HouseRequest) -> HttpResponseBase:
    """Say that the account is ready."""
    if request.agent is None:
        return redirect("sign_in:login")
    carried = steps.carried(request, JOURNEY.task, Step.DONE) or Carried()
    enrol_url = f"{reverse('account:second_step')}?{urlencode({'next': carried.next})}"
    return render(request, "sign_in/first_visit_4.html", {"next": carried.next, "enrol_url": enrol_url})
