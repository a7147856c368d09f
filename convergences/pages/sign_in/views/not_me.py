"""« Ce n'est pas moi », by the link of a mail that told a change of the ways in. Reading does nothing, sending acts."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from convergences.authentication import queries
from convergences.authentication.errors import DeadLink
from convergences.authentication.models import ChangeKind, SecurityChange
from convergences.authentication.services import changes
from convergences.directory import queries as directory
from convergences.directory.models import Agent, Membership
from convergences.foundations.text import french
from convergences.pages.sign_in import doors
from convergences.web.actor import browser_of
from convergences.web.requests import HouseRequest
from convergences.web.serving import cookies

KEY, ALSO = "cle", "aussi"
MOST_OTHERS = 20
_ADDED = "ce moyen ne sert plus, ni les codes de secours créés depuis"
_REMOVED = "ce moyen ne vous est pas rendu par un simple e-mail, que quelqu'un d'autre lit peut-être"
_STARTED = "la récupération est annulée, et ce qu'elle a permis d'ajouter ne sert plus"
_UNDONE = {
    ChangeKind.TOTP_ADDED: _ADDED,
    ChangeKind.PASSKEY_ADDED: _ADDED,
    ChangeKind.TOTP_REMOVED: _REMOVED,
    ChangeKind.PASSKEY_REMOVED: _REMOVED,
    ChangeKind.CODES_MADE: "ces codes ne servent plus : vous en créerez d'autres",
    ChangeKind.RECOVERY_STARTED: _STARTED,
    ChangeKind.RECOVERY_OPENED: _STARTED,
    ChangeKind.RECOVERY_FINISHED: "ce qui a été ajouté depuis ce retour ne sert plus",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A change as its agent reads it."""

    change: SecurityChange
    names: list[str]
    ticked: bool = False

    @property
    def undone(self) -> str:
        """What becomes of it once it is contested."""
        return french(_UNDONE[ChangeKind(self.change.kind)])


@doors.page("GET", "HEAD", "POST")
def not_me(request: HouseRequest) -> HttpResponseBase:
    """Show the change and what contesting it does; contest it. A link that serves no more says the same to anybody."""
    token = (request.POST if request.method == "POST" else request.GET).get(KEY, "")
    try:
        act = _contest if request.method == "POST" else _show
        response = act(request, token)
    except DeadLink:
        response = render(request, "sign_in/not_me_dead.html", status=410)
    # The secret of the address goes nowhere. With « no-referrer » the form would say that it comes from nowhere either.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _contest(request: HouseRequest, token: str) -> HttpResponse:
    also = list(_uuids(request.POST.getlist(ALSO)))
    changes.contest(token, also=also, browser=browser_of(request))
    response = HttpResponseRedirect(f"{reverse('sign_in:not_me')}?{urlencode({KEY: token})}")
    if request.current is not None:
        cookies.clear_session(response)  # of this agent it is ended; of another, one comes in again
    return response


def _show(request: HouseRequest, token: str) -> HttpResponse:
    change = changes.find(token)
    if change.contested_at is not None:
        done = {"referents": _referents(change.agent), "blocked": queries.methods_of(change.agent).blocked}
        return render(request, "sign_in/not_me_done.html", done)
    others = [_beside(change, other) for other in changes.others(change)[:MOST_OTHERS]]
    told = Told(change, changes.names_of(change))
    context = {"told": told, "agent_name": change.agent.full_name, "others": others, "token": token}
    return render(request, "sign_in/not_me.html", context)


def _beside(change: SecurityChange, other: SecurityChange) -> Told:
    """Return another change, ticked beforehand if something was added after the contested one: by the same, no doubt.

    What was removed is not: whoever does not read must not make a lost telephone look wanted again.
    """
    followed = bool(other.added) and other.created_at >= change.created_at
    return Told(other, changes.names_of(other), ticked=followed)


def _referents(agent: Agent) -> list[Membership]:
    """Return who may be called: the référents of the agent's employers, but the agent."""
    employers = [membership.organization_id for membership in directory.current_memberships(agent)]
    found = directory.referents_by_organization(employers)
    return [referent for people in found.values() for referent in people if referent.agent_id != agent.pk]


def _uuids(typed: list[str]) -> Iterator[uuid.UUID]:
    for text in typed[:MOST_OTHERS]:
        with contextlib.suppress(ValueError):
            yield uuid.UUID(text)
