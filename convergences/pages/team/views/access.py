"""Helping an agent in: the invitation again, a link to choose a password, the end of their sessions. All by POST."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from convergences.directory.models import Membership
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.lifecycle import services as lifecycle
from convergences.pages.team.members import for_member
from convergences.pages.team.views.standing import to_sheet
from convergences.web.actor import actor_of, browser_of
from convergences.web.requests import EmployerRequest


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Send the invitation again."""
    return _done(
        request,
        member,
        lambda: lifecycle.invite_again(member, giver=request.agent, actor=actor_of(request)),
        f"Une nouvelle invitation part à {member.email}.",
    )


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def password_link(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Send the agent a link to choose a new password; the référent never sees nor chooses one (ASVS 6.4.6)."""
    return _done(
        request,
        member,
        lambda: lifecycle.send_password_link(member, actor=actor_of(request), browser=browser_of(request)),
        f"Un lien pour choisir un mot de passe part à {member.email}.",
    )


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def close_sessions(request: EmployerRequest, member: Membership) -> HttpResponse:
    """End the agent's sessions everywhere: a lost telephone, a shared computer."""
    return _done(
        request,
        member,
        lambda: lifecycle.close_sessions(member, actor=actor_of(request)),
        f"Toutes les sessions de {member.full_name} sont fermées. Son compte reste actif.",
    )


def _done(request: EmployerRequest, member: Membership, act: Callable[[], object], told: str) -> HttpResponseRedirect:
    if request.method == "POST":
        try:
            act()
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, french(told))
    return to_sheet(request, member)
