"""Première visite, in four steps: address, code, password, done. Each is proved by what the one before left."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from convergences.authentication.errors import DeadLink, WeakPassword, WrongCode
from convergences.authentication.identifiers import normalised
from convergences.authentication.models import Purpose
from convergences.authentication.services import codes, first_visit
from convergences.authentication.services.codes import Proof
from convergences.foundations.text import french
from convergences.pages.sign_in import doors, steps
from convergences.pages.sign_in.forms import CodeForm, EmailForm, NewPasswordForm
from convergences.pages.sign_in.steps import Carried, Step, Task
from convergences.web import cookies
from convergences.web.actor import browser_of
from convergences.web.requests import HouseRequest
from convergences.web.returning import safe_next

TASK = Task.FIRST_VISIT
SENT_AGAIN = "Votre demande est prise en compte : si l'adresse est connue de nos services, un nouveau code y arrive."


@doors.page("GET", "HEAD", "POST")
def address(request: HouseRequest) -> HttpResponseBase:
    """Ask for the address; the answer is the same whoever it belongs to."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = normalised(form.cleaned_data["email"])
        _send(request, email)
        response = redirect("sign_in:first_visit_code")
        steps.carry(response, TASK, Step.CODE, Carried(email=email, next=safe_next(request)))
        return response
    return render(request, "sign_in/first_visit_1.html", {"form": form, **doors.going_on(request)})


@doors.page("GET", "HEAD", "POST")
def code(request: HouseRequest) -> HttpResponseBase:
    """Ask for the code, or send another."""
    carried = steps.carried(request, TASK, Step.CODE)
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
            return _to_password(proof, carried.next)
    return render(request, "sign_in/first_visit_2.html", {"form": form, "email": carried.email})


def _redeemed(request: HttpRequest, carried: Carried, form: CodeForm) -> Proof:
    typed = form.cleaned_data["code"]
    return codes.redeem_code(Purpose.FIRST_VISIT, carried.email, typed, browser=browser_of(request))


def _send(request: HttpRequest, email: str) -> None:
    known = request.COOKIES.get(cookies.BROWSER_COOKIE, "")
    codes.send(Purpose.FIRST_VISIT, email, browser=browser_of(request), known_browser_token=known)


def _send_again(request: HttpRequest, carried: Carried) -> HttpResponse:
    _send(request, carried.email)
    messages.info(request, french(SENT_AGAIN))
    response = redirect("sign_in:first_visit_code")
    steps.carry(response, TASK, Step.CODE, carried)
    return response


@doors.page("GET", "HEAD")
def link(request: HouseRequest) -> HttpResponseBase:
    """Follow the link of the mail. Nothing is consumed: scanners of mail open links before people do.

    The token leaves the address at once: it shows neither in the history nor in what the next page may send.
    """
    try:
        proof = codes.check_link(Purpose.FIRST_VISIT, request.GET.get("cle", ""))
    except DeadLink as refusal:
        return _dead(request, refusal)
    before = steps.carried(request, TASK, Step.CODE)
    same = before is not None and before.email == proof.agent.email
    return _to_password(proof, before.next if before and same else "/")


@doors.page("GET", "HEAD", "POST")
def password(request: HouseRequest) -> HttpResponseBase:
    """Ask for the password, and come in."""
    carried = steps.carried(request, TASK, Step.PASSWORD)
    if carried is None:
        return redirect("sign_in:first_visit")
    form = NewPasswordForm(request.POST or None)
    try:
        proof = codes.proof(Purpose.FIRST_VISIT, carried.code_id)
        if request.method == "POST" and form.is_valid():
            return _finish(request, proof, form, carried)
    except WeakPassword as refusal:
        form.add_refusal(refusal)
    except DeadLink as refusal:
        return _dead(request, refusal)
    return render(request, "sign_in/first_visit_3.html", {"form": form, "email": proof.agent.email})


def _finish(request: HouseRequest, proof: Proof, form: NewPasswordForm, carried: Carried) -> HttpResponse:
    signed_in = first_visit.finish(
        proof,
        form.cleaned_data["new"],
        browser=browser_of(request),
        known_browser_token=request.COOKIES.get(cookies.BROWSER_COOKIE, ""),
        previous_session=request.current,
    )
    response = redirect("sign_in:first_visit_done")
    cookies.give(request, response, signed_in)
    steps.carry(response, TASK, Step.DONE, Carried(next=carried.next))
    return response


@doors.page("GET", "HEAD")
def done(request: HouseRequest) -> HttpResponseBase:
    """Say that the account is ready."""
    if request.agent is None:
        return redirect("sign_in:login")
    carried = steps.carried(request, TASK, Step.DONE) or Carried()
    enrol_url = f"{reverse('account:second_step')}?{urlencode({'next': carried.next})}"
    return render(request, "sign_in/first_visit_4.html", {"next": carried.next, "enrol_url": enrol_url})


def _to_password(proof: Proof, next_address: str) -> HttpResponseRedirect:
    response = redirect("sign_in:first_visit_password")
    response["Referrer-Policy"] = "no-referrer"
    steps.carry(response, TASK, Step.PASSWORD, Carried(code_id=proof.code_id, next=next_address))
    return response


def _dead(request: HttpRequest, refusal: DeadLink) -> HttpResponse:
    response = render(request, "sign_in/first_visit_dead.html", {"sentence": refusal.sentence}, status=410)
    response["Referrer-Policy"] = "no-referrer"
    return response
