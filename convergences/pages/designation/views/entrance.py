"""Coming in: by the link of a mail, or by the reference and code of a letter."""

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from convergences.authentication.errors import TooManyAttempts
from convergences.campaigns.errors import DeadLink, WrongCode
from convergences.campaigns.services import answering, links
from convergences.foundations.text import french
from convergences.pages.designation import doors, keeping
from convergences.pages.designation.forms import LetterForm
from convergences.pages.designation.keeping import Entrance
from convergences.web.actor import actor_of, browser_of
from convergences.web.requests import HouseRequest

TOO_MANY = "Trop d'essais depuis votre réseau. Attendez une heure, ou appelez votre interlocuteur au centre."


@doors.page("GET", "HEAD")
def arrive(request: HouseRequest) -> HttpResponseBase:
    """Follow the link of a mail, or the square of a letter. Nothing is consumed: scanners open links before people do.

    The secret leaves the address at once: it shows neither in the history nor in what the next page may send.
    """
    token = request.GET.get("cle", "")
    if token:
        return _by_link(request, token)
    reference = request.GET.get("reference", "")[:40]
    if reference:
        return redirect(f"{reverse('designation:letter')}?{urlencode({'reference': reference})}")
    return redirect("designation:form" if keeping.brought(request) else "designation:letter")


def _by_link(request: HouseRequest, token: str) -> HttpResponseBase:
    try:
        invitation = links.find(token)
    except DeadLink as refusal:
        return doors.dead(request, refusal)
    response = _onward(answering.answered(invitation) is not None)
    response["Referrer-Policy"] = "no-referrer"
    keeping.keep(response, Entrance(token=token))
    return response


def _onward(answered: bool) -> HttpResponseRedirect:  # noqa: FBT001 - private, and named where it is called
    return redirect("designation:receipt" if answered else "designation:form")


@doors.page("GET", "HEAD", "POST")
def letter(request: HouseRequest) -> HttpResponseBase:
    """Ask for the reference and the code that the letter holds."""
    if request.method != "POST":
        form = LetterForm(initial={"reference": request.GET.get("reference", "")[:40]})
        return render(request, "designation/letter.html", {"form": form})
    form = LetterForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            return _by_letter(request, form)
        except WrongCode as refusal:
            form.add_refusal(refusal)
        except TooManyAttempts:
            form.add_error(None, french(TOO_MANY))
            status = 429
        except DeadLink as refusal:
            return doors.dead(request, refusal)
    return render(request, "designation/letter.html", {"form": form}, status=status)


def _by_letter(request: HouseRequest, form: LetterForm) -> HttpResponse:
    code = form.cleaned_data["letter_code"]
    invitation = answering.enter(
        form.cleaned_data["reference"], code, browser=browser_of(request), actor=actor_of(request)
    )
    response = _onward(answering.answered(invitation) is not None)
    keeping.keep(response, keeping.by_letter(invitation, code))
    return response
