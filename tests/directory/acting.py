"""Who acts in these tests, and what they type."""

from typing import Any

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM, Actor
from convergences.directory.details import AgentDetails
from convergences.directory.models import Agent, Membership, Organization
from convergences.directory.services import agents

OPERATOR = SYSTEM


def actor(membership: Membership) -> Actor:
    """The member, acting from a browser."""
    return Actor(membership.agent_id, membership.full_name, address="192.0.2.7", browser="Firefox sur Windows")


def details(**changes: Any) -> AgentDetails:
    """Léa Marchand, as the référente of Pantin types her."""
    typed: dict[str, Any] = {
        "civility": "madam",
        "given_name": "Léa",
        "family_name": "Marchand",
        "email": "lea.marchand@pantin.example",
        "phone": "01 99 00 41 27",
        "job_title": "Assistante de formation",
        "department": "Formation",
    }
    return AgentDetails(**{**typed, **changes})


def sheet(membership: Membership, **changes: Any) -> AgentDetails:
    """What the form of a member's sheet sends back, with some changes."""
    names = (
        "civility",
        "given_name",
        "family_name",
        "email",
        "phone",
        "job_title",
        "department",
        "starts_on",
        "ends_on",
    )
    return AgentDetails(**{**{name: getattr(membership, name) for name in names}, **changes})


def created(by: Membership, **changes: Any) -> Membership:
    """An agent that a référent has just created in their own organization."""
    return agents.create(
        details(**changes), organization=by.organization, actor=actor(by), outside_domains_confirmed=True
    )


def attached(by: Membership, agent: Agent, **changes: Any) -> Membership:
    """An attachment that a référent typed for somebody who has an account elsewhere."""
    typed = {"given_name": "Lucie", "family_name": "Lefebvre", "email": agent.email, **changes}
    return created(by, **typed)


def again(membership: Membership) -> Membership:
    """The membership as the database has it now."""
    return Membership.objects.select_related("agent", "agent__photo", "organization").get(pk=membership.pk)


def words(organization: Organization | None = None) -> list[str]:
    """The journal's words, oldest first."""
    events = AuditEvent.objects.order_by("pk")
    if organization:
        events = events.filter(organization_id=organization.pk)
    return list(events.values_list("action", flat=True))
