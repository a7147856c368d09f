"""`/cas/login`: the agent comes from an application, and goes back with a ticket (specification, section 2.1)."""

from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, SignIn
from convergences.protocols.cas import addresses, asking
from convergences.protocols.cas.asking import Coming, RefusedRequest
from convergences.protocols.cas.services import tickets
from convergences.web.actor import actor_of
from convergences.web.entrance import entering, handing_over
from convergences.web.entrance.guards import open_to_strangers, writes_on_get
from convergences.web.entrance.returning import continue_to
from convergences.web.requests import HouseRequest


@csrf_exempt
@open_to_strangers
@writes_on_get("an agent who may enter leaves with a ticket, and their visit is written")
@require_safe
def login(request: HttpRequest) -> HttpResponse:
    """Ask admission, and answer: a ticket, a page for the agent, or nothing when no page may be shown (gateway)."""
    if not request.GET.get("service"):
        return redirect("home:portal")
    try:
        return _answer(request, asking.read(request.GET, cast("HouseRequest", request).current))
    except RefusedRequest as refusal:
        return handing_over.refused(request, refusal.sentence, detail=request.GET.get("service", ""))


def _answer(request: HttpRequest, coming: Coming) -> HttpResponse:
    if coming.must_sign_in:
        return entering.to_sign_in(coming.here, again=coming.session is not None)
    decision = admission.decide_for_session(coming.session, coming.registered.application)
    if isinstance(decision, Enter):
        return _enter(request, coming, decision)
    if coming.gateway:
        return entering.unkept(continue_to(request, coming.service))
    if isinstance(decision, SignIn):
        return entering.to_sign_in(coming.here)
    arrival = entering.Arrival(request, coming.registered.application, coming.here)
    return entering.answer(arrival, decision)


def _enter(request: HttpRequest, coming: Coming, decision: Enter) -> HttpResponse:
    session, application = coming.session, coming.registered.application
    if session is None:
        return entering.to_sign_in(coming.here)
    ticket = tickets.enter(session, application, decision.membership, asked(coming), actor=actor_of(request))
    if coming.by_form:
        origin = addresses.origin(coming.service)
        return handing_over.by_form(request, application, coming.service, {"ticket": ticket}, origin=origin)
    return entering.unkept(continue_to(request, with_ticket(coming.service, ticket)))


def asked(coming: Coming) -> tickets.Asked:
    """Return what a ticket must be good for."""
    return tickets.Asked(coming.service, from_new_login=coming.has_just_signed_in)


def with_ticket(service: str, ticket: str) -> str:
    """Return the address by which the browser takes a ticket to the application."""
    return f"{service}{'&' if '?' in service else '?'}{urlencode({'ticket': ticket})}"
