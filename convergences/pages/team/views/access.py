"""Helping an agent in: the invitation again, a link to choose a password, the end of their sessions. All by POST."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.directory.models import Membership
from convergences.lifecycle import services as lifecycle
from convergences.pages.team.members import for_member
from convergences.pages.team.showing import done
from convergences.web.actor import actor_of, browser_of
from convergences.web.requests import EmployerRequest


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Send the invitation again."""
    return done(
        request,
        member,
        lambda: lifecycle.invite_again(member, giver=request.agent, actor=actor_of(request)),
        f"Une nouvelle invitation part à {member.email}.",
    )


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def password_link(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Send the agent a link to choose a new password; the référent never sees nor chooses one (ASVS 6.4.6)."""
    return done(
        request,
        member,
        lambda: lifecycle.send_password_link(member, actor=actor_of(request), browser=browser_of(request)),
        f"Un lien pour choisir un mot de passe part à {member.email}.",
    )


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def close_sessions(request: EmployerRequest, member: Membership) -> HttpResponse:
    """End the agent's sessions everywhere: a lost telephone, a shared computer."""
    return done(
        request,
        member,
        lambda: lifecycle.close_sessions(member, actor=actor_of(request)),
        f"Toutes les sessions de {member.full_name} sont fermées. Son compte reste actif.",
    )
