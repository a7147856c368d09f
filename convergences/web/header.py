"""What the top of every page says of the signed-in agent, in one query; in two or three for the centre's own agents."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from convergences.campaigns import queue
from convergences.directory import queries, staff
from convergences.directory.models import Agent, Membership, Organization, OrganizationKind, Role
from convergences.foundations import clock
from convergences.foundations.text import french, listed


@dataclass(frozen=True, slots=True)
class Grace:
    """Until when one may do without a second factor, and where it is added."""

    ends: dt.datetime
    add_url: str

    @property
    def left(self) -> str:
        """Say how long that is, the day begun included: « 9 jours », « 1 jour »."""
        days = -((clock.now() - self.ends) // dt.timedelta(days=1))
        return french(f"{days} jour{'s' if days > 1 else ''}")


class Header:
    """The agent's employers of today; read when a page first asks, and once."""

    def __init__(self, agent: Agent | None) -> None:
        self.agent = agent
        # For who manages and has no second factor yet; set by the guards (`web.entrance.managing`).
        self.grace: Grace | None = None

    @cached_property
    def memberships(self) -> list[Membership]:
        """Return the memberships that count today, with their organization."""
        return queries.current_memberships(self.agent) if self.agent else []

    @cached_property
    def managed(self) -> list[Organization]:
        """Return the organizations where the agent is référent (as `directory.queries.managed_organizations`)."""
        return [member.organization for member in self.memberships if member.is_referent and member.organization.active]

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
        return Role.ENGINEER in self.staff

    @property
    def is_correspondent(self) -> bool:
        """Whether the agent is one of the centre's correspondants; read as `is_engineer`."""
        return Role.CORRESPONDENT in self.staff

    @cached_property
    def to_check(self) -> int:
        """How many answers wait for a correspondant; read only where the menu of the centre's space is drawn."""
        return queue.how_many() if self.is_correspondent else 0

    @property
    def centre_home(self) -> str:
        """Return the name of the first page of the « Espace CIG » for this agent, or nothing."""
        if self.is_correspondent:
            return "employers:employers"
        return "administration:applications" if self.is_engineer else ""

    @cached_property
    def staff(self) -> dict[str, dt.datetime]:
        """The agent's roles over all organizations, and since when; read only for who works at the centre."""
        at_the_centre = any(member.organization.kind == OrganizationKind.CENTER for member in self.memberships)
        return staff.staff_roles_since(self.agent) if at_the_centre and self.agent is not None else {}

    @property
    def duties_since(self) -> dt.datetime | None:
        """Return since when the agent acts for others, in whatever part, or since their first visit if that is later.

        None when they do not.
        """
        named = [
            member.referent_since or member.created_at
            for member in self.memberships
            if member.is_referent and member.organization.active
        ]
        began = min([*named, *self.staff.values()], default=None)
        visited = self.agent.activated_at if self.agent is not None else None
        return max(began, visited) if began is not None and visited is not None else began

    def manages(self, key: str) -> Organization | None:
        """Return the organization of this handle when the agent is référent there, or None."""
        return next((organization for organization in self.managed if organization.key == key), None)
