"""The portal: the applications of the signed-in agent, and what needs their eye."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from convergences.admission import queries as admission
from convergences.admission.decisions import SessionAssurance
from convergences.authentication.queries import recent_sign_ins
from convergences.authentication.services import proposals
from convergences.directory import queries as directory
from convergences.foundations import clock
from convergences.pages.home.proposing import second_step
from convergences.pages.home.tiles import MAX_QUERY, directory_tile, grouped, shown
from convergences.web.requests import AgentRequest

HANDHELD = ("iPhone", "iPad", "Android")


@require_safe
def portal(request: AgentRequest) -> HttpResponse:
    """Show the tiles, the last sign-ins, and the attachments that wait for an answer."""
    tiles = admission.tiles(request.agent, clock.now(), assurance=SessionAssurance.of(request.current))
    query = request.GET.get("q", "")[:MAX_QUERY].strip()
    every = [*map(shown, tiles), directory_tile(is_referent=bool(request.header.managed))]
    context = {
        "space": "portail",
        "q": query,
        "groups": grouped(every, query),
        "has_applications": bool(tiles),
        "attachments": directory.attachments(request.agent),
        "sign_ins": [
            {
                "at": session.created_at,
                "browser": session.browser,
                "handheld": session.browser.endswith(HANDHELD),
                "here": session.pk == request.current.pk,
            }
            for session in recent_sign_ins(request.agent)
        ],
        **second_step(request),
    }
    return render(request, "home/portal.html", context)


@require_POST
def later(request: AgentRequest) -> HttpResponse:
    """Note « Plus tard »: the second step is not proposed again; it stays on the page Sécurité."""
    proposals.answered(request.agent)
    return redirect("home:portal")
