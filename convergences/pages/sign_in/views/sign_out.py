"""Déconnexion, and what one sees once a session is over."""

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render

from convergences.authentication.services import sessions
from convergences.pages.sign_in import doors
from convergences.web.actor import actor_of
from convergences.web.entrance.returning import safe_next
from convergences.web.logout import outcome
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

LEFT_BEHIND = '"cache", "storage"'  # W3C Clear Site Data; not « cookies »: the browser stays known


@doors.page("GET", "HEAD", "POST")
def sign_out(request: HouseRequest) -> HttpResponseBase:
    """Ask, then end the session: a link alone signs nobody out. Signing out twice is signing out."""
    if request.current is None:
        return redirect("sign_in:signed_out")
    if request.method != "POST":
        return render(request, "sign_in/sign_out.html")
    sessions.end(request.current, reason="signed_out", actor=actor_of(request))
    response = _left(redirect(outcome.first_stop(request.current.uid) or "sign_in:signed_out"))
    outcome.give(response, request.current)
    return response


def _left(response: HttpResponse) -> HttpResponse:
    cookies.clear_session(response)
    response["Clear-Site-Data"] = LEFT_BEHIND
    return response


@doors.page("GET", "HEAD")
def signed_out(request: HouseRequest) -> HttpResponseBase:
    """Say that the session is over by one's own will, and which applications know it."""
    receipt = outcome.read(request)
    shown = outcome.context(receipt)
    response = render(request, "sign_in/signed_out.html", shown)
    if receipt is not None and shown["frames"]:
        outcome.show_frames(response, receipt, shown["frames"])
    return response


@doors.page("GET", "HEAD")
def session_over(request: HouseRequest) -> HttpResponseBase:
    """Say that the session ended by itself, and lead back to the page that was open."""
    if request.agent is not None:
        return HttpResponseRedirect(safe_next(request))
    return render(request, "sign_in/session_over.html", doors.going_on(request))
