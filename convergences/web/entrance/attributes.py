"""What may be said of an agent who entered, by the words of an application's sheet (DOMAIN, rule 9).

Protocols name these values in their own manner and ask for some of them; none reads the directory for more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership, Organization


@dataclass(frozen=True, slots=True)
class Person:
    """Who entered: an agent, for one membership, with these roles."""

    membership: Membership
    roles: tuple[str, ...]

    @property
    def agent(self) -> Agent:
        """The agent."""
        return self.membership.agent

    @property
    def organization(self) -> Organization:
        """The employer for whom they entered."""
        return self.membership.organization


def _organization(person: Person) -> dict[str, str]:
    employer = person.organization
    return {"name": employer.name, "siret": employer.siret, "kind": employer.kind}


def _picture(person: Person) -> str:
    photo = getattr(person.agent, "photo", None)
    return settings.BASE_URL + reverse("account:photo_file", args=[photo.uid]) if photo else ""


VALUES: dict[str, Callable[[Person], Any]] = {
    "email": lambda person: person.agent.email,
    # An agent signs in only after a code received at this address, and proves a new one before it counts.
    "email_verified": lambda person: person.agent.address_is_proved,
    "civility": lambda person: person.agent.get_civility_display(),
    "given_name": lambda person: person.agent.given_name,
    "usual_name": lambda person: person.agent.family_name,
    "family_name": lambda person: person.agent.family_name,
    "name": lambda person: person.agent.full_name,
    "phone_number": lambda person: person.agent.phone,
    "organizational_unit": lambda person: person.membership.department,
    "job_title": lambda person: person.membership.job_title,
    "organization": _organization,
    "siret": lambda person: person.organization.siret,
    "roles": lambda person: list(person.roles),
    "picture": _picture,
}


def released(person: Person, application: Application) -> dict[str, Any]:
    """Return the values that the application's sheet lists; one that the directory does not have is left out.

    Roles are a list, `organization` has `name`, `siret` and `kind`, `email_verified` is a boolean; all else is text.
    """
    listed = {name: VALUES[name](person) for name in application.attributes if name in VALUES}
    return {name: value for name, value in listed.items() if value not in ("", None)}
