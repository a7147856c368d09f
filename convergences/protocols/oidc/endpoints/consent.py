"""`/oauth/consent`: the agent answers the page that asks whether an application may read what it asks for."""

from typing import Any, cast

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from convergences.authentication.models import Session
from convergences.protocols.oidc import claims, interaction, queries
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import AccessDenied
from convergences.protocols.oidc.services import consents
from convergences.web.actor import actor_of
from convergences.web.entrance.returning import continue_to
from convergences.web.requests import AgentRequest

_SALT = "convergences.oidc.consent"
_HALF_AN_HOUR = 1800


def ask(request: HttpRequest, asked: Asked, session: Session, *, back: str) -> HttpResponse:
    """Show what the application will read and ask; the ticket is good for this session and this request alone."""
    client = asked.known_client
    names = claims.named(asked)
    ticket = {"session": str(session.uid), "client": client.client_id, "claims": names, "back": back}
    context = {
        "application": client.application,
        "labels": claims.labels(names),
        "ticket": signing.dumps(ticket, salt=_SALT),
    }
    response = render(request, "oidc/consent.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Keep the agent's answer and go back to the request, which goes on or tells the application of the refusal."""
    session = cast("AgentRequest", request).current
    ticket = _ticket(request.POST.get("ticket", ""))
    client = queries.client(str(ticket.get("client", "")))
    if client is None or ticket.get("session") != str(session.uid):
        return redirect("home:portal")
    if request.POST.get("answer") != "accept":
        return continue_to(request, f"{ticket['back']}&{interaction.LEFT}={AccessDenied.code}")
    consents.give(client, session.agent, ticket["claims"], actor=actor_of(request))
    return continue_to(request, str(ticket["back"]))


def _ticket(given: str) -> dict[str, Any]:
    try:
        return dict(signing.loads(given, salt=_SALT, max_age=_HALF_AN_HOUR))
    except signing.BadSignature:
        return {}
