"""What the top of every page says of the signed-in agent, in one query; in two for the centre's own agents."""

from functools import cached_property

from convergences.directory import queries, rules
from convergences.directory.models import Agent, Membership, Organization, OrganizationKind, Profile, Role
from convergences.foundations.text import listed


class Header:
    """The agent's employers of today; read when a page first asks, and once."""

    def __init__(self, agent: Agent | None) -> None:
        self.agent = agent

    @cached_property
    def memberships(self) -> list[Membership]:
        """Return the memberships that count today, with their organization."""
        return queries.current_memberships(self.agent) if self.agent else []

    @cached_property
    def managed(self) -> list[Organization]:
        """Return the organizations where the agent is référent (as `directory.queries.managed_organizations`)."""
        return [
            member.organization
            for member in self.memberships
            if member.profile == Profile.REFERENT and member.organization.active
        ]

    @cached_property
    def employers(self) -> str:
        """Return the names of the employers, for « Connecté en tant que »."""
        return listed([member.organization.name for member in self.memberships])

    @cached_property
    def employer(self) -> str:
        """Return the one employer, or how many there are: the short form, for a narrow bar."""
        names = [member.organization.name for member in self.memberships]
        return names[0] if len(names) == 1 else f"{len(names)} employeurs" if names else ""

    @cached_property
    def is_engineer(self) -> bool:
        """Whether the agent is one of the centre's engineers; read only for who works at the centre."""
        at_the_centre = any(member.organization.kind == OrganizationKind.CENTER for member in self.memberships)
        return at_the_centre and self.agent is not None and rules.has_role(self.agent, Role.ENGINEER)

    def manages(self, key: str) -> Organization | None:
        """Return the organization of this handle when the agent is référent there, or None."""
        return next((organization for organization in self.managed if organization.key == key), None)
