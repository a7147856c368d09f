"""A code by mail in the place of a second factor, where the operator allows it and two steps are enough.

Where the operator does not, there is no such page.
"""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.authentication.errors import MailNotOffered, PendingOver, TooManyAttempts
from convergences.authentication.services import mail_step
from convergences.authentication.services.opening import SignedIn
from convergences.foundations.errors import Refusal
from convergences.pages.sign_in import doors, proving
from convergences.pages.sign_in.forms import CodeForm
from convergences.web.actor import browser_of
from convergences.web.entrance import stepping_up
from convergences.web.entrance.returning import continue_to
from convergences.web.requests import AgentRequest
from convergences.web.serving import cookies

Page = Callable[[AgentRequest], HttpResponseBase]


def _where_offered(page: Page) -> Page:
    """Open a page to who may have a code by mail; lead anybody else back to the page of the step up."""

    @wraps(page)
    def guarded(request: AgentRequest) -> HttpResponseBase:
        if not mail_step.is_allowed():
            raise Http404
        wanted = stepping_up.read(request)
        if not wanted.mail_will_do:
            return _to(request, "sign_in:step_up")
        try:
            if not mail_step.is_offered(request.current):
                raise MailNotOffered
            return page(request)
        except MailNotOffered:  # a factor was added meanwhile, or the step was made: the session is strong already
            return _to(request, "sign_in:step_up")
        except PendingOver:
            return HttpResponseRedirect(wanted.here)

    return guarded


@doors.inner_page("GET", "HEAD", "POST")
@_where_offered
def send(request: AgentRequest) -> HttpResponseBase:
    """Send the code by POST, and go on to typing it. Reading the address sends nothing."""
    if request.method != "POST":
        return _to(request, "sign_in:step_up")
    mail_step.send_code(request.current, browser=browser_of(request))
    return _to(request, "sign_in:step_up_mail_code")


@doors.inner_page("GET", "HEAD", "POST")
@_where_offered
def code(request: AgentRequest) -> HttpResponseBase:
    """Ask for the code of the mail, and go on to the application with the session that it strengthens."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _go_on(request, _finished(request, form.cleaned_data["code"]))
        except (TooManyAttempts, PendingOver, MailNotOffered):
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {
        "who": request.agent,
        "form": form,
        "application": stepping_up.read(request).application,
        "action": _address(request, "sign_in:step_up_mail_code"),
        "send_url": _address(request, "sign_in:step_up_mail"),
        "usual_url": _address(request, "sign_in:step_up"),
    }
    return render(request, "sign_in/mail_code.html", context, status=proving.UNPROCESSABLE if form.errors else 200)


def _finished(request: AgentRequest, typed: str) -> SignedIn:
    return mail_step.finish(
        request.current,
        typed,
        browser=browser_of(request),
        known_browser_token=cookies.known_browser(request),
    )


def _go_on(request: AgentRequest, signed_in: SignedIn) -> HttpResponse:
    response = continue_to(request, stepping_up.read(request).here)
    cookies.give(request, response, signed_in)
    return response


def _to(request: AgentRequest, name: str) -> HttpResponse:
    return HttpResponseRedirect(_address(request, name))


def _address(request: AgentRequest, name: str) -> str:
    return f"{reverse(name)}?{request.GET.urlencode()}"
