"""What the pages of a second step have in common, whether it completes a sign-in or strengthens a session.

One answer to a right code: the session's cookie is given anew, the forms of before are worth nothing, and one goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from convergences.authentication.browsers import acting
from convergences.authentication.errors import PendingOver, TooManyAttempts
from convergences.authentication.proofs import Pending, Who
from convergences.authentication.queries import Methods
from convergences.authentication.services import passkey_proofs, second_step, sessions
from convergences.authentication.services.opening import SignedIn
from convergences.directory.models import Agent
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.sign_in import pending
from convergences.pages.sign_in.forms import PasswordAgainForm, RecoveryCodeForm, VerificationForm
from convergences.web.actor import browser_of
from convergences.web.entrance.returning import continue_to
from convergences.web.forms.house import HouseForm
from convergences.web.requests import AgentRequest, HouseRequest
from convergences.web.serving import cookies

UNPROCESSABLE = 422
Request = HouseRequest | AgentRequest


@dataclass(frozen=True, slots=True)
class Asking:
    """Of whom a second step is asked, by what they may make it, where it leads, and what the page says around it.

    `page` and `recovery` are the addresses of the two forms: the usual one, and that of a recovery code.
    """

    who: Who
    agent: Agent
    methods: Methods
    page: str
    recovery: str
    next: str
    may_remember: bool = False
    said: dict[str, Any] = field(default_factory=dict)


def usual(request: Request, asking: Asking) -> HttpResponseBase:
    """Show the ways of a second step; or take a code of the application, or a passkey's answer."""
    by_passkey = bool(request.POST.get("answer"))
    form = VerificationForm(
        request.POST if request.method == "POST" else None, may_remember=asking.may_remember, by_passkey=by_passkey
    )
    if form.is_valid() and (asking.methods.passkeys if by_passkey else asking.methods.totps):
        signed_in = _tried(request, asking, form, _by_passkey if by_passkey else _by_totp)
        if signed_in:
            return go_on(request, asking, signed_in)
    shown = {"form": form, "action": asking.page, "may_remember": asking.may_remember, **_passkey(asking)}
    return _page(request, "sign_in/second_step.html", asking, shown)


def by_recovery_code(request: Request, asking: Asking) -> HttpResponseBase:
    """Ask for a recovery code. It opens the session, remembers no device, and says how many are left."""
    form = RecoveryCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        signed_in = _tried(request, asking, form, _by_recovery_code)
        if signed_in:
            messages.warning(request, french(_left(asking.methods.codes_left - 1)))
            return go_on(request, asking, signed_in)
    return _page(request, "sign_in/recovery_code.html", asking, {"form": form, "action": asking.recovery})


def by_password(request: AgentRequest, asking: Asking) -> HttpResponseBase:
    """Ask who has no second factor for the password again, before the ways in are changed."""
    form = PasswordAgainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            signed_in = second_step.confirm_password(
                request.current, form.cleaned_data["password"], browser=browser_of(request)
            )
        except TooManyAttempts:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return go_on(request, asking, signed_in)
    return _page(request, "sign_in/password_again.html", asking, {"form": form, "action": asking.page})


def go_on(request: Request, asking: Asking, signed_in: SignedIn) -> HttpResponse:
    """Give the browser its session, new or strengthened, and go on where one wanted to go."""
    response = continue_to(request, asking.next)
    cookies.give(request, response, signed_in)
    if isinstance(asking.who, Pending):
        pending.forget(response)
        if request.current is not None:  # planted, or opened, between the two steps
            sessions.end(request.current, reason="signed_in_again", actor=acting(asking.agent, browser_of(request)))
    return response


def _tried(
    request: Request, asking: Asking, form: HouseForm, prove: Callable[[Request, Asking, HouseForm], SignedIn]
) -> SignedIn | None:
    """Return the session once the step is made; show in the form what was refused."""
    try:
        return prove(request, asking, form)
    except (TooManyAttempts, PendingOver):
        raise
    except Refusal as refusal:
        form.add_refusal(refusal)
        return None


def _by_totp(request: Request, asking: Asking, form: HouseForm) -> SignedIn:
    return second_step.by_totp(
        asking.who,
        form.cleaned_data["code"],
        browser=browser_of(request),
        known_browser_token=cookies.known_browser(request),
        remember=_wanted(form),
    )


def _by_recovery_code(request: Request, asking: Asking, form: HouseForm) -> SignedIn:
    typed = form.cleaned_data["code"]
    known = cookies.known_browser(request)
    return second_step.by_recovery_code(asking.who, typed, browser=browser_of(request), known_browser_token=known)


def _by_passkey(request: Request, asking: Asking, form: HouseForm) -> SignedIn:
    typed, browser = form.cleaned_data, browser_of(request)
    proof = passkey_proofs.prove(asking.who, typed["sealed"], typed["answer"], browser=browser)
    return second_step.complete(
        asking.who, proof, browser=browser, known_browser_token=cookies.known_browser(request), remember=_wanted(form)
    )


def _wanted(form: HouseForm) -> bool:
    return bool(form.cleaned_data.get("remember"))


def _passkey(asking: Asking) -> dict[str, Any]:
    return {"options": passkey_proofs.options_to_prove(asking.who)} if asking.methods.passkeys else {}


def _page(request: HttpRequest, template: str, asking: Asking, shown: dict[str, Any]) -> HttpResponse:
    context = {
        "who": asking.agent,
        "methods": asking.methods,
        "pending": isinstance(asking.who, Pending),
        "usual_url": asking.page,
        "recovery_url": asking.recovery,
        **asking.said,
        **shown,
    }
    return render(request, template, context, status=UNPROCESSABLE if shown["form"].errors else 200)


def _left(number: int) -> str:
    left = {0: "C'était votre dernier code de secours", 1: "Il vous reste un code de secours"}
    said = left.get(number, f"Il vous reste {number} codes de secours")
    return f"{said}. Si vous n'avez plus votre téléphone ou votre clé, ajoutez un autre moyen depuis la page Sécurité."
