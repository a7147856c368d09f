"""An application of codes: its seed is shown, and a first code proves that it was taken down."""

import uuid

import segno
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from convergences.authentication import queries
from convergences.authentication.errors import PendingOver, ProofNeeded, UnknownFactor
from convergences.authentication.queries import Methods
from convergences.authentication.services import totp
from convergences.authentication.services.totp import Started
from convergences.foundations.errors import Refusal
from convergences.pages.account import onward
from convergences.pages.account.forms import FirstCodeForm
from convergences.pages.account.proof import asks_for_proof
from convergences.pages.account.showing import UNPROCESSABLE, page
from convergences.pages.account.strengthening import strengthened
from convergences.web.actor import actor_of
from convergences.web.requests import AgentRequest

GROUP = 4
NAME = "Téléphone"
NOT_FOUND = 404


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_proof
def start(request: AgentRequest) -> HttpResponse:
    """Make a seed and lead to the page that shows it. Reading this address makes nothing."""
    next_address = onward.next_of(request)
    if request.method != "POST":
        return HttpResponseRedirect(onward.to("second_step", next_address))
    try:
        started = totp.start(request.agent, _free_name(queries.methods_of(request.agent)), session=request.current)
    except ProofNeeded:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return HttpResponseRedirect(onward.to("second_step", next_address))
    return HttpResponseRedirect(onward.to("totp_link", next_address, started.totp.uid))


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_proof
def link(request: AgentRequest, uid: uuid.UUID) -> HttpResponse:
    """Show the seed, as an image and as a key to type; take the first code that the application shows."""
    form = FirstCodeForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            return _confirmed(request, uid, form.cleaned_data["code"])
    except UnknownFactor:
        return _gone(request, uid)
    except (ProofNeeded, PendingOver):
        raise
    except Refusal as refusal:
        form.add_refusal(refusal)
    try:
        return _show(request, totp.resume(request.agent, uid, session=request.current), form)
    except UnknownFactor:
        return _gone(request, uid)


def _confirmed(request: AgentRequest, uid: uuid.UUID, code: str) -> HttpResponse:
    """Keep the application; the session is stronger by the code, and goes on to the recovery codes."""
    proof = totp.confirm(request.agent, uid, code, session=request.current, actor=actor_of(request))
    return strengthened(request, proof)


def _show(request: AgentRequest, started: Started, form: FirstCodeForm) -> HttpResponse:
    next_address = onward.next_of(request)
    context = {
        "form": form,
        "drawing": drawing(started.uri),
        "key": grouped(started.secret),
        "action": onward.to("totp_link", next_address, started.totp.uid),
        "choice_url": onward.to("second_step", next_address),
    }
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "account/totp.html", context, active="securite", status=status)


def _gone(request: AgentRequest, uid: uuid.UUID) -> HttpResponse:
    """Lead on when it is already linked (a form sent twice, a page come back to); else say to begin again.

    Begun again in another tab, left for an hour, of somebody else: all the same to who asks.
    """
    if any(each.uid == uid for each in queries.methods_of(request.agent).totps):
        return HttpResponseRedirect(onward.to("second_step_done", onward.next_of(request)))
    context = {"choice_url": onward.to("second_step", onward.next_of(request))}
    return page(request, "account/totp_gone.html", context, active="securite", status=NOT_FOUND)


def drawing(uri: str) -> SafeString:
    """Return the QR code as an image of the page itself: at an address of its own, it could be asked for again."""
    made = segno.make(uri, error="m", micro=False)
    return SafeString(made.svg_inline(scale=1, border=2, omitsize=True, svgclass=None, lineclass=None, dark="#000"))


def grouped(secret: str) -> str:
    """Return a key as people copy it: by groups of four."""
    return " ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP))


def _free_name(methods: Methods) -> str:
    names = {each.name for each in methods.totps}
    tried = (NAME if number == 1 else f"{NAME} {number}" for number in range(1, len(names) + 2))
    return next(name for name in tried if name not in names)
