"""Connexion."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render

from convergences.authentication.errors import WrongCredentials
from convergences.authentication.services.sign_in import Attempt, SignedIn, sign_in
from convergences.pages.sign_in import doors
from convergences.pages.sign_in.forms import LoginForm
from convergences.web import cookies
from convergences.web.actor import browser_of
from convergences.web.requests import HouseRequest
from convergences.web.returning import continue_to, safe_next

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
    return _form(request, LoginForm(initial={"identifier": request.GET.get(HINT, "")[:LONGEST_HINT] or known}))


def _sign_in(request: HouseRequest) -> HttpResponseBase:
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    attempt = Attempt(
        identifier=form.cleaned_data["identifier"],
        password=form.cleaned_data["password"],
        browser=browser_of(request),
        known_browser_token=request.COOKIES.get(cookies.BROWSER_COOKIE, ""),
    )
    try:
        signed_in = sign_in(attempt, previous_session=request.current)
    except WrongCredentials as refusal:
        form.add_refusal(refusal)
        return _form(request, form, wrong=True)
    response = continue_to(request, safe_next(request))
    remember(request, response, signed_in)
    return response


def remember(request: HttpRequest, response: HttpResponseBase, signed_in: SignedIn) -> None:
    """Give the browser its session and the token by which it is known; the forms of before are worth nothing now."""
    cookies.set_session(response, signed_in.token, signed_in.session)
    cookies.set_browser(response, signed_in.known_browser_token)
    rotate_token(request)


def _form(request: HouseRequest, form: LoginForm, *, wrong: bool = False) -> HttpResponse:
    return render(request, "sign_in/login.html", {"form": form, "wrong": wrong, **doors.going_on(request)})
