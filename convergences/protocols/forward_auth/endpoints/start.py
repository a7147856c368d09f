"""`/gate/start` at the portal: the agent comes from an application's host, and goes back with a code."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, SignIn
from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.protocols.forward_auth import addresses, checking, queries
from convergences.protocols.forward_auth.addresses import Address
from convergences.protocols.forward_auth.errors import RefusedAddress
from convergences.protocols.forward_auth.queries import Found
from convergences.protocols.forward_auth.services import hops
from convergences.web.actor import actor_of
from convergences.web.entrance import entering, handing_over
from convergences.web.entrance.guards import open_to_strangers, writes_on_get
from convergences.web.entrance.returning import continue_to
from convergences.web.logout import confirmation

_STATE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Coming:
    """One arrival: from which page of which application, and by which browser."""

    request: HttpRequest
    address: Address
    found: Found
    state: str

    @property
    def session(self) -> Session | None:
        """The session of the browser, if any."""
        return confirmation.session_of(self.request)

    @property
    def here(self) -> str:
        """The address to come back to."""
        return f"{reverse('forward_auth:start')}?{urlencode({'rd': self.address.whole, 'state': self.state})}"


@open_to_strangers
@writes_on_get("an agent who may enter leaves with a code, and their visit is written")
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Ask admission, and answer: a code, or a page for the agent."""
    try:
        coming = _read(request)
    except RefusedAddress as refusal:
        return handing_over.refused(request, refusal.sentence, detail=request.GET.get("rd", ""))
    if not coming.state:  # it did not set out from the application's own host: nobody would know it there
        return entering.see_other(checking.start_of(coming.address))
    decision = admission.decide_for_session(coming.session, coming.found.application)
    if isinstance(decision, Enter) and coming.session is not None:
        return _enter(coming, coming.session, decision)
    obstacle = SignIn() if isinstance(decision, Enter) else decision
    return entering.answer(entering.Arrival(request, coming.found.application, coming.here), obstacle)


@open_to_strangers
@require_safe
def lost(request: HttpRequest) -> HttpResponse:
    """Say that a code did not do: spent, late, or brought by another browser than the one that set out."""
    sentence = "Le passage vers l’application n’a pas abouti : ce lien a déjà servi, ou il a trop attendu."
    return handing_over.refused(request, sentence, detail="gate: lost")


def _read(request: HttpRequest) -> Coming:
    given = request.GET
    if any(len(values) > 1 for _name, values in given.lists()):
        raise RefusedAddress("L’adresse par laquelle vous venez est malformée.")
    address = addresses.read(given.get("rd", ""))
    found = queries.application_at(address, now=clock.now()) if address is not None else None
    if address is None or found is None:
        raise RefusedAddress("L’adresse par laquelle vous venez n’est celle d’aucune application de ce portail.")
    state = given.get("state", "")
    return Coming(request, address, found, state if _STATE.fullmatch(state) else "")


def _enter(coming: Coming, session: Session, decision: Enter) -> HttpResponse:
    way = hops.Way(coming.found.gate_id, coming.address.host, coming.state)
    code = hops.issue(session, coming.found.application, decision.membership, way, actor=actor_of(coming.request))
    arrival = urlencode({"code": code, "rd": coming.address.whole})
    return entering.unkept(continue_to(coming.request, f"{coming.address.origin}/gate/arrive?{arrival}"))
