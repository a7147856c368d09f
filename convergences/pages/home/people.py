"""Whom an agent may turn to, as pages name them."""

from collections.abc import Iterable
from dataclasses import dataclass

from convergences.directory import names
from convergences.directory.models import Membership, Organization
from convergences.directory.queries import referents_of
from convergences.directory.staff import contact_of
from convergences.foundations.text import listed
from convergences.web.entrance.refusals import Helper, at_the_centre, helper


@dataclass(frozen=True, slots=True)
class Circle:
    """The people to ask at one employer, under a title."""

    title: str
    people: tuple[Helper, ...]


def referents_of_all(memberships: Iterable[Membership], *, subject: str) -> list[Circle]:
    """Return the référents of each employer, the agent aside; the correspondant where there is no other."""
    return [_circle(member, subject) for member in memberships]


def _circle(member: Membership, subject: str) -> Circle:
    organization = member.organization
    others = [found for found in referents_of(organization.pk) if found.agent_id != member.agent_id]
    if not others:
        return correspondent(organization, subject=subject)
    people = tuple(helper(found.agent, found.department, subject) for found in others)
    title = "Votre référent administrateur" if len(people) == 1 else "Vos référents administrateurs"
    return Circle(f"{title} {names.at(organization.name)}", people)


def correspondent(organization: Organization, *, subject: str) -> Circle:
    """Return the centre's correspondant for an employer."""
    return _correspondent([organization], subject)


def correspondents(organizations: Iterable[Organization], *, subject: str) -> list[Circle]:
    """Return the centre's correspondants for these employers, each once."""
    by_agent: dict[int | None, list[Organization]] = {}
    for organization in organizations:
        by_agent.setdefault(organization.correspondent_id, []).append(organization)
    return [_correspondent(together, subject) for together in by_agent.values()]


def _correspondent(organizations: list[Organization], subject: str) -> Circle:
    found = contact_of(organizations[0])
    employers = listed([names.with_article(organization.name) for organization in organizations])
    people = tuple(at_the_centre(found, subject)) if found else ()
    return Circle(f"Votre correspondant au centre de gestion, pour {employers}", people)
