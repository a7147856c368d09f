"""The mails that tell agents what becomes of their account."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from convergences.directory.models import Agent, AgentState, Civility, Membership, Organization
from convergences.directory.names import at, of, with_article
from convergences.directory.queries import referents_of
from convergences.directory.staff import contact_line
from convergences.foundations.mail import compose
from convergences.foundations.outbox import Mail
from convergences.foundations.text import day_in_words, listed


def invitation(membership: Membership, *, giver: Agent | None, applications: Sequence[str]) -> Mail:
    """Return what invites an agent: to their first visit, or to accept an employer when they have an account."""
    agent = membership.agent
    return _compose(
        "invitation" if membership.confirmed_at else "attachment",
        membership,
        giver=giver,
        applications=listed(list(applications)),
        first_visit=agent.state == AgentState.INVITED,
        answer=str(membership.uid),
        until=day_in_words(agent.invited_until) if agent.invited_until else "",
    )


def suspended(membership: Membership, *, giver: Agent | None) -> Mail:
    """Return what tells an agent that an employer has suspended their accesses; the reason stays with the référents."""
    return _compose("suspended", membership, giver=giver)


def reactivated(membership: Membership, *, giver: Agent | None) -> Mail:
    """Return what tells an agent that their accesses are given back."""
    return _compose("reactivated", membership, giver=giver)


def departed(membership: Membership, *, giver: Agent | None) -> Mail:
    """Return what tells an agent that their attachment has ended."""
    return _compose("departed", membership, giver=giver)


def address_left(membership: Membership, former: str, *, giver: Agent | None) -> Mail:
    """Return what tells the former address that it no longer opens the account (CNIL, ASVS 6.3.7)."""
    return _compose("address_left", membership, giver=giver, recipient=former, former=former)


def address_given(membership: Membership, former: str, *, giver: Agent | None) -> Mail:
    """Return what tells the new address that it now opens the account."""
    return _compose("address_given", membership, giver=giver, former=former)


def invitation_withdrawn(membership: Membership, former: str, *, giver: Agent | None) -> Mail:
    """Return what tells an address, perhaps a stranger's, that its invitation was a mistake. It names nobody."""
    return _compose("invitation_withdrawn", membership, giver=giver, recipient=former)


def _compose(name: str, membership: Membership, *, giver: Agent | None, recipient: str = "", **more: Any) -> Mail:
    agent, organization = membership.agent, membership.organization
    context = {
        "agent": agent,
        "of_employer": of(organization.name),
        "at_employer": at(organization.name),
        "giver": _named(giver, of(organization.name)),
        "ask": giver.full_name if giver else _whom_to_ask(organization),
        "of_center": of(settings.CONFIGURATION.center_name),
        "can_sign_in": agent.state == AgentState.ACTIVE,
        **more,
    }
    return compose(f"lifecycle.{name}", recipient or agent.email or "", f"lifecycle/mail/{name}", context)


def _whom_to_ask(organization: Organization) -> str:
    """Return whom to turn to when the centre acted: a référent, or its correspondant before there is any."""
    return "votre référent administrateur" if referents_of(organization.pk) else contact_line(organization)


def _named(giver: Agent | None, of_employer: str) -> str:
    if giver is None:
        return with_article(settings.CONFIGURATION.center_name)
    title = "référente administratrice" if giver.civility == Civility.MADAM else "référent administrateur"
    return f"{giver.full_name}, {title} {of_employer},"
