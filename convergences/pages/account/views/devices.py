"""Devices of confidence: the second step is not asked there for a while; their owner trusts them no more."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from convergences.authentication.errors import UnknownFactor
from convergences.authentication.services import devices
from convergences.foundations.text import french
from convergences.web.actor import actor_of
from convergences.web.requests import AgentRequest


@require_POST
def end(request: AgentRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask for the second step again on one device; anybody else's is not found."""
    try:
        devices.end(request.agent, uid, actor=actor_of(request))
    except UnknownFactor:
        raise Http404 from None
    messages.success(request, french("La vérification sera de nouveau demandée sur cet appareil."))
    return HttpResponseRedirect(reverse("account:security"))


@require_POST
def end_all(request: AgentRequest) -> HttpResponse:
    """Ask for the second step again everywhere."""
    devices.end_all(request.agent, reason="ended_by_owner", actor=actor_of(request))
    messages.success(request, french("La vérification sera de nouveau demandée sur tous vos appareils."))
    return HttpResponseRedirect(reverse("account:security"))
