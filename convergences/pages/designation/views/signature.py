"""The review of what was typed, and its signature by one of the two codes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from convergences.campaigns.answers import Answer
from convergences.campaigns.errors import NoOfficialAddress, NotAwaited, TooManyCodes, WrongAnswer, WrongCode
from convergences.campaigns.services import answering, codes
from convergences.directory import rules
from convergences.foundations.text import french
from convergences.pages.designation import doors
from convergences.pages.designation.doors import AnsweringRequest
from convergences.pages.designation.forms import SignatureForm
from convergences.web.actor import actor_of

SENT = "Un code à 6 chiffres vient de partir à l'adresse {address}. Il est valable 30 minutes."
CHANGED = "La désignation a été modifiée depuis que cette page est ouverte : relisez-la, puis signez."


@doors.inner_page("GET", "HEAD", "POST")
def sign(request: AnsweringRequest) -> HttpResponseBase:
    """Show what will be signed, send the code that is asked for, receive the signature."""
    if answering.draft(request.invitation) is None:  # signed already, perhaps by a first press on the same button
        signed = answering.answered(request.invitation) is not None
        return redirect("designation:receipt" if signed else "designation:form")
    try:
        answer = answering.prefilled(request.invitation).cleaned()
    except WrongAnswer:
        return redirect("designation:form")
    if request.method == "POST":
        return _send_code(request) if request.POST.get("action") == "code" else _sign(request, answer)
    return _show(request, answer, _form(request, answer))


def _send_code(request: AnsweringRequest) -> HttpResponseBase:
    try:
        codes.send_code(request.invitation, actor=actor_of(request))
    except (NoOfficialAddress, TooManyCodes) as refusal:
        messages.warning(request, refusal.sentence)
    except WrongAnswer:
        return redirect("designation:sign")  # signed, or emptied, in another tab meanwhile: it leads on from there
    except NotAwaited as refusal:
        return _over(request, refusal)
    else:
        address = masked(request.invitation.organization.authority_email)
        messages.info(request, french(SENT.format(address=address)))
    return redirect("designation:sign")


def _sign(request: AnsweringRequest, answer: Answer) -> HttpResponseBase:
    form = _form(request, answer, request.POST)
    if not form.is_valid():
        return _show(request, answer, form)
    if form.cleaned_data["seen"] != answer.fingerprint():
        form.add_error(None, french(CHANGED))
        return _show(request, answer, form)
    typed = form.cleaned_data
    by_letter = typed["letter_code"] or ("" if typed["mail_code"] else request.entrance.letter_code)
    try:
        answering.receive(
            request.invitation,
            answer,
            actor=actor_of(request),
            letter_code=by_letter,
            mail_code=typed["mail_code"],
        )
    except WrongCode as refusal:
        if answering.draft(request.invitation) is None:
            return redirect("designation:receipt")  # the same button, pressed twice
        form.add_refusal(refusal)
        return _show(request, answer, form)
    except NotAwaited as refusal:
        return _over(request, refusal)
    return redirect("designation:receipt")


def _over(request: AnsweringRequest, refusal: NotAwaited) -> HttpResponse:
    messages.warning(request, refusal.sentence)
    return redirect("designation:receipt")


def _form(request: AnsweringRequest, answer: Answer, data: Any = None) -> SignatureForm:
    return SignatureForm(data, by_letter=bool(request.entrance.letter_code), people=len(answer.people))


def _show(request: AnsweringRequest, answer: Answer, form: SignatureForm) -> HttpResponse:
    organization = request.invitation.organization
    said = {
        "form": form,
        "answer": answer,
        "seen": answer.fingerprint(),
        "organization": organization,
        "address": masked(organization.authority_email),
        "generic": [person.email for person in answer.people if person.has_generic_email],
        "outside": [
            person.email for person in answer.people if not rules.email_is_expected(person.email, organization)
        ],
        "invitation": request.invitation,
        "code_sent": codes.is_code_awaited(request.invitation),
        "entered_by_letter": form.by_letter and "letter_code" not in form.errors,
    }
    return render(request, "designation/sign.html", said)


def masked(email: str) -> str:
    """Return an address as it may be shown to who holds a link: « m…@pantin.fr »."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""
