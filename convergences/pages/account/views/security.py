"""Password, connected devices, what applications may read, and recent activity."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from convergences.audit import queries as audit
from convergences.authentication import queries as authentication
from convergences.authentication.errors import PendingOver
from convergences.authentication.models import Session
from convergences.authentication.services import devices as trusted
from convergences.authentication.services import fresh, passwords, recovery_codes, sessions
from convergences.authentication.services.opening import SignedIn
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.account import activity
from convergences.pages.account.forms import PasswordForm
from convergences.pages.account.proof import asks_for_proof
from convergences.pages.account.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.entrance import agreements
from convergences.web.requests import AgentRequest
from convergences.web.serving import cookies
from convergences.web.wording.dates import hour

SHOWN = 15
PHONES = ("iPhone", "Android", "iPad")


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which the account is open."""

    session: Session
    current: bool

    @property
    def icon(self) -> str:
        """A telephone or a computer."""
        return "device-mobile" if any(word in self.session.browser for word in PHONES) else "device-laptop"

    @property
    def used(self) -> str:
        """Since when it is open; and, of another, when it was last used."""
        since = f"Depuis {hour(self.session.created_at, capital=False)}"
        if self.current:
            return since
        return f"{since} · dernière activité {hour(self.session.last_seen_at, capital=False)}"


@require_safe
def security(request: AgentRequest) -> HttpResponse:
    """Show the ways in, where the account is open, what was agreed to, and what happened to it."""
    password = authentication.password_of(request.agent)
    opened = authentication.open_sessions(request.agent)
    events = list(audit.entries_about(request.agent.pk)[:SHOWN])
    context = {
        "password_changed_at": password.changed_at if password else None,
        "methods": authentication.methods_of(request.agent),
        "codes_number": recovery_codes.NUMBER,
        "devices": [Device(session, current=session.pk == request.current.pk) for session in opened],
        "trusted": trusted.of(request.agent),
        "agreements": agreements.agreements(request.agent),
        "entries": activity.entries(request.agent, events),
    }
    return page(request, "account/security.html", context, active="securite")


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_proof
def change_password(request: AgentRequest) -> HttpResponse:
    """Ask for the present password and a new one; the other devices are signed out.

    Who has a second factor proves it first: the password alone, read over a shoulder, must not replace itself.
    """
    methods = authentication.methods_of(request.agent)
    if methods.any:
        fresh.require(request.current, methods)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            token = passwords.change(
                request.agent, typed["current"], typed["new"], actor=actor_of(request), session=request.current
            )
        except PendingOver:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            done = "Votre mot de passe est modifié. Vos autres appareils sont déconnectés."
            messages.success(request, french(done))
            response = _back()
            cookies.give(request, response, SignedIn(request.current, token, ""))
            return response
    status = UNPROCESSABLE if form.errors else 200
    return page(request, "account/change_password.html", {"form": form}, active="securite", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def end_session(request: AgentRequest, uid: uuid.UUID) -> HttpResponse:
    """Sign one of the agent's own devices out; anybody else's session is not found."""
    opened = authentication.open_sessions(request.agent)
    found = next((session for session in opened if session.uid == uid), None)
    if found is None:
        raise Http404
    if request.method == "POST" and found.pk != request.current.pk:
        sessions.end(found, reason="ended_by_owner", actor=actor_of(request))
        messages.success(request, french(f"{found.browser or 'Cet appareil'} est déconnecté."))
    return _back()


@require_http_methods(["GET", "HEAD", "POST"])
def end_other_sessions(request: AgentRequest) -> HttpResponse:
    """Sign every device out but this one."""
    if request.method == "POST":
        ended = sessions.end_all(request.agent, reason="ended_by_owner", actor=actor_of(request), but=request.current)
        words = "Vos autres appareils sont déconnectés." if ended else "Aucun autre appareil n'était connecté."
        messages.success(request, french(words))
    return _back()


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("account:security"))
