"""One of one's second factors: another name, or away with it."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.authentication import queries
from convergences.authentication.errors import PendingOver, ProofNeeded, UnknownFactor
from convergences.authentication.models import Passkey, Totp
from convergences.authentication.queries import Methods
from convergences.authentication.services import factors, fresh, proposals
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.account.forms import NameForm
from convergences.pages.account.proof import asks_for_proof
from convergences.pages.account.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.requests import AgentRequest


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor as its owner knows it."""

    row: Totp | Passkey

    @property
    def name(self) -> str:
        """What the agent called it."""
        return self.row.name

    @property
    def what(self) -> str:
        """What it is, within a sentence."""
        return "l’application de codes" if isinstance(self.row, Totp) else "la clé d’accès"

    @property
    def label(self) -> str:
        """What it is, alone."""
        return "Application de codes" if isinstance(self.row, Totp) else "Clé d’accès"

    @property
    def since(self) -> dt.datetime:
        """Since when it counts."""
        return (self.row.confirmed_at if isinstance(self.row, Totp) else None) or self.row.created_at

    @property
    def consequence(self) -> str:
        """What its removal does to the thing itself."""
        if isinstance(self.row, Totp):
            return "Les codes qu’elle affiche ne serviront plus : supprimez aussi la ligne dans l’application."
        return "Elle ne servira plus à vous connecter : supprimez-la aussi dans l’appareil qui la garde."


def found(methods: Methods, kind: str, uid: uuid.UUID) -> Factor:
    """Return one of the agent's own; anybody else's is not found."""
    kinds: dict[str, Sequence[Totp | Passkey]] = {"application": methods.totps, "cle": methods.passkeys}
    row = next((row for row in kinds.get(kind, ()) if row.uid == uid), None)
    if row is None:
        raise Http404
    return Factor(row)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_proof
def rename(request: AgentRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """Give it another name."""
    methods = queries.methods_of(request.agent)
    factor = found(methods, kind, uid)
    fresh.require(request.current, methods)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": factor.name})
    if form.is_valid():
        try:
            typed = form.cleaned_data["name"]
            factors.rename(request.agent, uid, typed, session=request.current, actor=actor_of(request))
        except ProofNeeded:
            raise
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, french("Le nouveau nom est enregistré."))
            return _back()
    status = UNPROCESSABLE if form.errors else 200
    context = {"factor": factor, "form": form}
    return page(request, "account/rename_factor.html", context, active="securite", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@asks_for_proof
def remove(request: AgentRequest, kind: str, uid: uuid.UUID) -> HttpResponse:
    """Say what follows, then remove it."""
    methods = queries.methods_of(request.agent)
    factor = found(methods, kind, uid)
    fresh.require(request.current, methods)
    refused = ""
    if request.method == "POST":
        try:
            return _removed(request, factor)
        except (ProofNeeded, PendingOver):
            raise
        except Refusal as refusal:
            refused = refusal.sentence
    last = len(methods.totps) + len(methods.passkeys) == 1
    context = {"factor": factor, "last": last, "refused": refused}
    return page(
        request, "account/remove_factor.html", context, active="securite", status=UNPROCESSABLE if refused else 200
    )


def _removed(request: AgentRequest, factor: Factor) -> HttpResponse:
    try:
        factors.remove(request.agent, factor.row.uid, session=request.current, actor=actor_of(request))
    except UnknownFactor:
        return _back()
    proposals.answered(request.agent)  # who has had one and wants none is not asked again
    messages.success(request, french(f"{factor.label} « {factor.name} » : suppression faite."))
    return _back()


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("account:security"))
