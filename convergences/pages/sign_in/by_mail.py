"""What the first visit and the reset have in common: an address, the link of a mail, a password its reader chooses.

What each page has proved is sealed for the next one only: see `steps`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render

from convergences.authentication.errors import DeadLink, WeakPassword
from convergences.authentication.identifiers import normalised
from convergences.authentication.models import Purpose
from convergences.authentication.services import codes
from convergences.authentication.services.codes import Proof
from convergences.pages.sign_in import doors, steps
from convergences.pages.sign_in.forms import EmailForm, NewPasswordForm
from convergences.pages.sign_in.steps import Carried, Step, Task
from convergences.web.actor import browser_of
from convergences.web.entrance.returning import safe_next
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

Finish = Callable[[HouseRequest, Proof, NewPasswordForm, Carried], HttpResponse]


@dataclass(frozen=True, slots=True)
class Journey:
    """A task that a mail proves: the cookies of its steps, what its codes open, its pages.

    `name` begins the names of its addresses and templates; `sent` names the page where one is once the mail has left.
    """

    task: Task
    purpose: Purpose
    name: str
    sent: str


def ask_address(request: HouseRequest, journey: Journey) -> HttpResponseBase:
    """Ask for the address; the answer is the same whoever it belongs to."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = normalised(form.cleaned_data["email"])
        return send(request, journey, Carried(email=email, next=safe_next(request)))
    return render(request, f"sign_in/{journey.name}_1.html", {"form": form, **doors.going_on(request)})


def send(request: HttpRequest, journey: Journey, carried: Carried) -> HttpResponse:
    """Send the mail to the address, and go on to the page that says so."""
    known = cookies.known_browser(request)
    codes.send(journey.purpose, carried.email, browser=browser_of(request), known_browser_token=known)
    response = redirect(f"sign_in:{journey.sent}")
    steps.carry(response, journey.task, Step.CODE, carried)
    return response


def follow_link(request: HouseRequest, journey: Journey) -> HttpResponseBase:
    """Follow the link of the mail. Nothing is consumed: scanners of mail open links before people do.

    The token leaves the address at once: it shows neither in the history nor in what the next page may send.
    """
    try:
        proof = codes.check_link(journey.purpose, request.GET.get("cle", ""))
    except DeadLink as refusal:
        return _dead(request, journey, refusal)
    before = steps.carried(request, journey.task, Step.CODE)
    same = before is not None and before.email == proof.agent.email
    return to_password(journey, proof, before.next if before and same else "/")


def to_password(journey: Journey, proof: Proof, next_address: str) -> HttpResponseRedirect:
    """Go on to the choice of a password, with what was proved."""
    response = redirect(f"sign_in:{journey.name}_password")
    response["Referrer-Policy"] = "no-referrer"
    steps.carry(response, journey.task, Step.PASSWORD, Carried(code_id=proof.code_id, next=next_address))
    return response


def ask_password(request: HouseRequest, journey: Journey, finish: Finish) -> HttpResponseBase:
    """Ask for the password, and `finish` with it; the proof is consumed when the password is kept."""
    carried = steps.carried(request, journey.task, Step.PASSWORD)
    if carried is None:
        return redirect(f"sign_in:{journey.name}")
    form = NewPasswordForm(request.POST or None)
    try:
        proof = codes.proof(journey.purpose, carried.code_id)
        if request.method == "POST" and form.is_valid():
            return finish(request, proof, form, carried)
    except WeakPassword as refusal:
        form.add_refusal(refusal)
    except DeadLink as refusal:
        return _dead(request, journey, refusal)
    return render(request, f"sign_in/{journey.name}_3.html", {"form": form, "email": proof.agent.email})


def _dead(request: HttpRequest, journey: Journey, refusal: DeadLink) -> HttpResponse:
    response = render(request, f"sign_in/{journey.name}_dead.html", {"sentence": refusal.sentence}, status=410)
    response["Referrer-Policy"] = "no-referrer"
    return response
