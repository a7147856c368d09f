"""Réinitialisation: the address, the link of the mail, a new password."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from convergences.authentication.errors import DeadLink, WeakPassword
from convergences.authentication.identifiers import normalised
from convergences.authentication.models import Purpose
from convergences.authentication.services import codes, reset
from convergences.authentication.services.codes import Proof
from convergences.pages.sign_in import doors, steps
from convergences.pages.sign_in.forms import EmailForm, NewPasswordForm
from convergences.pages.sign_in.steps import Carried, Step, Task
from convergences.web import cookies
from convergences.web.actor import browser_of
from convergences.web.requests import HouseRequest
from convergences.web.returning import safe_next

TASK = Task.RESET


@doors.page("GET", "HEAD", "POST")
def address(request: HouseRequest) -> HttpResponseBase:
    """Ask for the address; the answer is the same whoever it belongs to."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = normalised(form.cleaned_data["email"])
        known = request.COOKIES.get(cookies.BROWSER_COOKIE, "")
        codes.send(Purpose.RESET, email, browser=browser_of(request), known_browser_token=known)
        response = redirect("sign_in:reset_sent")
        steps.carry(response, TASK, Step.CODE, Carried(email=email, next=safe_next(request)))
        return response
    return render(request, "sign_in/reset_1.html", {"form": form, **doors.going_on(request)})


@doors.page("GET", "HEAD")
def sent(request: HouseRequest) -> HttpResponseBase:
    """Say where to look."""
    carried = steps.carried(request, TASK, Step.CODE)
    if carried is None:
        return redirect("sign_in:reset")
    return render(request, "sign_in/reset_2.html", {"email": carried.email, **doors.going_on(request, carried.next)})


@doors.page("GET", "HEAD")
def link(request: HouseRequest) -> HttpResponseBase:
    """Follow the link of the mail. Nothing is consumed: scanners of mail open links before people do."""
    try:
        proof = codes.check_link(Purpose.RESET, request.GET.get("cle", ""))
    except DeadLink as refusal:
        return _dead(request, refusal)
    before = steps.carried(request, TASK, Step.CODE)
    same = before is not None and before.email == proof.agent.email
    response = redirect("sign_in:reset_password")
    response["Referrer-Policy"] = "no-referrer"
    next_address = before.next if before and same else "/"
    steps.carry(response, TASK, Step.PASSWORD, Carried(code_id=proof.code_id, next=next_address))
    return response


@doors.page("GET", "HEAD", "POST")
def password(request: HouseRequest) -> HttpResponseBase:
    """Ask for the new password; the link is consumed when it is kept."""
    carried = steps.carried(request, TASK, Step.PASSWORD)
    if carried is None:
        return redirect("sign_in:reset")
    form = NewPasswordForm(request.POST or None)
    try:
        proof = codes.proof(Purpose.RESET, carried.code_id)
        if request.method == "POST" and form.is_valid():
            return _finish(request, proof, form, carried)
    except WeakPassword as refusal:
        form.add_refusal(refusal)
    except DeadLink as refusal:
        return _dead(request, refusal)
    return render(request, "sign_in/reset_3.html", {"form": form, "email": proof.agent.email})


def _finish(request: HttpRequest, proof: Proof, form: NewPasswordForm, carried: Carried) -> HttpResponse:
    known = request.COOKIES.get(cookies.BROWSER_COOKIE, "")
    kept = reset.finish(proof, form.cleaned_data["new"], browser=browser_of(request), known_browser_token=known)
    response = redirect("sign_in:reset_done")
    cookies.set_browser(response, kept)
    steps.carry(response, TASK, Step.DONE, Carried(next=carried.next))
    return response


@doors.page("GET", "HEAD")
def done(request: HouseRequest) -> HttpResponseBase:
    """Say that the password is changed."""
    carried = steps.carried(request, TASK, Step.DONE)
    if carried is None:
        return redirect("sign_in:login")
    return render(request, "sign_in/reset_4.html", doors.going_on(request, carried.next))


def _dead(request: HttpRequest, refusal: DeadLink) -> HttpResponse:
    response = render(request, "sign_in/reset_dead.html", {"sentence": refusal.sentence}, status=410)
    response["Referrer-Policy"] = "no-referrer"
    return response
