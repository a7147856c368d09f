"""Reading who holds a role at the centre. A role counts while its agent is active and works there."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from convergences.directory.models import Agent, AgentState, Membership, Organization, OrganizationKind, Presence, Role
from convergences.directory.queries import current
from convergences.foundations import clock
from convergences.foundations.text import day_in_words, french


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody of the centre and the hours when they can be reached; `until`: they are away, that day included."""

    agent: Agent
    hours: str = ""
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """The correspondant of an employer, and while they are away who replaces them, if they chose anybody."""

    own: Reach
    stand_in: Reach | None = None

    @property
    def agent(self) -> Agent:
        """The correspondant."""
        return self.own.agent

    @property
    def people(self) -> tuple[Reach, ...]:
        """Both, the correspondant first."""
        return (self.own, self.stand_in) if self.stand_in else (self.own,)

    @property
    def is_away_alone(self) -> bool:
        """Whether nobody of them answers today: the centre itself is then named too."""
        return self.own.until is not None and self.stand_in is None

    @property
    def answering(self) -> Agent:
        """Who answers today: the one who replaces, while there is one."""
        return self.stand_in.agent if self.stand_in else self.own.agent

    @property
    def named(self) -> str:
        """Return the name as a sentence says it: « Julien Moreau (absent jusqu'au 3 août, remplacé par Rose Amar) »."""
        if self.own.until is None:
            return self.agent.full_name
        replaced = f", remplacement par {self.stand_in.agent.full_name}" if self.stand_in else ""
        return f"{self.agent.full_name} (absence jusqu'au {day_in_words(self.own.until)}{replaced})"


def staff_roles_of(agent: Agent) -> frozenset[str]:
    """Return the roles that the agent holds over all organizations: none once they are inactive or left the centre."""
    return frozenset(staff_roles_since(agent))


def staff_roles_since(agent: Agent) -> dict[str, dt.datetime]:
    """Return the same roles, with the instant when each was given."""
    if agent.state != AgentState.ACTIVE:
        return {}
    there = at_the_centre().filter(agent=agent)  # from the agent: there may be 50,000 employers
    return dict(agent.staff_roles.filter(agent__in=there).values_list("role", "granted_at"))


def staff_roles_given_to(agent: Agent) -> frozenset[str]:
    """Return the roles written down for the agent, whether or not they count today: for files, not for rules."""
    return frozenset(agent.staff_roles.values_list("role", flat=True))


def at_the_centre() -> QuerySet[Membership, int]:
    """Return the keys of the agents who work at the centre today."""
    found = Membership.objects.filter(current(clock.today()), organization__kind=OrganizationKind.CENTER)
    return found.values_list("agent_id", flat=True)


def correspondents() -> QuerySet[Agent]:
    """Return the correspondants of the centre in activity, by name."""
    return _holding(Role.CORRESPONDENT)


def engineers() -> QuerySet[Agent]:
    """Return the engineers of the centre in activity, by name."""
    return _holding(Role.ENGINEER)


def _holding(role: Role) -> QuerySet[Agent]:
    found = Agent.objects.filter(state=AgentState.ACTIVE, staff_roles__role=role)
    return found.filter(pk__in=at_the_centre()).select_related("photo").order_by("family_name", "given_name", "pk")


def contact_of(organization: Organization | None) -> Contact | None:
    """Return the correspondant who follows the organization, in one query.

    None when nobody follows it, or when who did has left: pages then name the centre itself.
    """
    if organization is None or organization.correspondent_id is None:
        return None
    return _contact(organization.correspondent_id)


def contact_for(agent: Agent) -> Contact | None:
    """Return a correspondant as the pages of those whom they follow name them today."""
    return _contact(agent.pk)


def contact_named(organization: Organization | None) -> str:
    """Return the name of that correspondant, as a sentence says it, or nothing."""
    found = contact_of(organization)
    return found.named if found else ""


def contact_line(organization: Organization | None) -> str:
    """Return whom a mail says to turn to, with telephone, address and hours; the centre where nobody follows it."""
    found = contact_of(organization)
    people = [", ".join(_reached(each, found)) for each in found.people] if found else []
    if found is None or found.is_away_alone:
        said = settings.CONFIGURATION
        people.append(f"{said.center_name}, {said.support_email}")
    return french(" ; ".join(people))


def _reached(each: Reach, found: Contact) -> Iterator[str]:
    away = f" (absence jusqu'au {day_in_words(each.until)})" if each.until else ""
    replaces = f" (remplace {found.agent.full_name})" if each.agent != found.agent else ""
    yield f"{each.agent.full_name}{away}{replaces}"
    yield from (part for part in (each.agent.phone, each.agent.email, each.hours) if part)


def contacts(agents: Collection[int]) -> dict[int, Contact]:
    """Return these correspondants as `contact_of` does, by their key, in one query; those who have left are missing."""
    return {agent.pk: _as_contact(agent) for agent in _reachable().filter(pk__in=agents)}


def _contact(agent_id: int) -> Contact | None:
    return contacts([agent_id]).get(agent_id)


def _as_contact(agent: Agent) -> Contact:
    today = clock.today()
    presence: Presence | None = getattr(agent, "presence", None)
    if presence is None or not presence.is_away(today):
        return Contact(Reach(agent, presence.hours if presence else ""))
    own = Reach(agent, presence.hours, presence.absent_until)
    if presence.replaced_by is None or not agent.is_replaced:  # type: ignore[attr-defined]
        return Contact(own)
    theirs = getattr(presence.replaced_by, "presence", None)
    return Contact(own, Reach(presence.replaced_by, theirs.hours if theirs else ""))


def _reachable() -> QuerySet[Agent]:
    """Return the correspondants with what `_contact` says of them.

    `is_replaced`: who replaces them is a correspondant still, and is not away themself.
    """
    today = clock.today()
    away = Q(presence__absent_from__lte=today, presence__absent_until__gte=today)
    replacing = correspondents().filter(pk=OuterRef("presence__replaced_by")).exclude(away)
    related = ("presence__replaced_by__photo", "presence__replaced_by__presence")
    return correspondents().annotate(is_replaced=Exists(replacing)).select_related("photo", *related)


def told_of(organization: Organization | None) -> list[Agent]:
    """Return whom to warn at the centre: the correspondant and who replaces them; any one where nobody follows it."""
    found = contact_of(organization)
    if found is not None:
        return [reach.agent for reach in found.people]
    return list(correspondents().order_by("pk")[:1])
