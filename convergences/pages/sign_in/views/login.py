"""Connexion."""

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render

from convergences.authentication import relying_party
from convergences.authentication.errors import WrongCredentials
from convergences.authentication.services import passkey_proofs
from convergences.authentication.services.sign_in import Attempt, SecondStepNeeded, sign_in
from convergences.pages.sign_in import doors, pending
from convergences.pages.sign_in.forms import LoginForm
from convergences.web.actor import browser_of
from convergences.web.entrance.returning import continue_to, safe_next
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

AGAIN = "encore"
HINT = "identifiant"  # an application that knows who comes says so; it is typed no more, and proves nothing
LONGEST_HINT = 254


@doors.page("GET", "HEAD", "POST")
def login(request: HouseRequest) -> HttpResponseBase:
    """Show the form, or sign in and go on where one wanted to go.

    Somebody who is signed in goes on at once, unless an application asks that they sign in again (`?encore=1`).
    """
    if request.method == "POST":
        return _sign_in(request)
    if request.agent is not None and AGAIN not in request.GET:
        return HttpResponseRedirect(safe_next(request))
    known = request.agent.email if request.agent else ""
    return show(request, LoginForm(initial={"identifier": request.GET.get(HINT, "")[:LONGEST_HINT] or known}))


def _sign_in(request: HouseRequest) -> HttpResponseBase:
    form = LoginForm(request.POST)
    if not form.is_valid():
        return show(request, form)
    attempt = Attempt(
        identifier=form.cleaned_data["identifier"],
        password=form.cleaned_data["password"],
        browser=browser_of(request),
        known_browser_token=cookies.known_browser(request),
        device_token=request.COOKIES.get(cookies.DEVICE_COOKIE, ""),
    )
    try:
        answer = sign_in(attempt, previous_session=request.current)
    except WrongCredentials as refusal:
        form.add_refusal(refusal)
        return show(request, form, wrong=True)
    if isinstance(answer, SecondStepNeeded):
        return _to_second_step(request, answer)
    response = continue_to(request, safe_next(request))
    cookies.give(request, response, answer)
    return response


def _to_second_step(request: HouseRequest, needed: SecondStepNeeded) -> HttpResponse:
    """Lead to the second step. No session is open: what the browser holds meanwhile opens no page but that one."""
    response = redirect("sign_in:second_step")
    cookies.clear_session(response)
    pending.keep(response, needed.pending, safe_next(request))
    return response


def show(request: HouseRequest, form: LoginForm, *, wrong: bool = False, refused: str = "") -> HttpResponse:
    """Return the page; `refused` says why a passkey did not open it."""
    options = passkey_proofs.options_to_sign_in() if relying_party.has_a_name() else None
    said = {"form": form, "wrong": wrong, "refused": refused, "options": options}
    return render(request, "sign_in/login.html", {**said, **doors.going_on(request)})
