"""What an application learns of an agent: what its scope asks for and its sheet lists, nothing else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership, Organization
from convergences.protocols.oidc import scopes
from convergences.protocols.oidc.checks.asked import Asked


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


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: the attribute of the sheet that releases it, and how its value is read."""

    attribute: str
    value: Callable[[Person], Any]


def _organization(person: Person) -> dict[str, str]:
    employer = person.organization
    return {"name": employer.name, "siret": employer.siret, "kind": employer.kind}


def _picture(person: Person) -> str:
    photo = getattr(person.agent, "photo", None)
    return settings.BASE_URL + reverse("account:photo_file", args=[photo.uid]) if photo else ""


CLAIMS: dict[str, Claim] = {
    "email": Claim("email", lambda person: person.agent.email),
    # An agent signs in only after a code received at this address: it is verified by construction.
    "email_verified": Claim("email", lambda person: person.agent.address_is_proved),
    "given_name": Claim("given_name", lambda person: person.agent.given_name),
    "usual_name": Claim("usual_name", lambda person: person.agent.family_name),
    "family_name": Claim("family_name", lambda person: person.agent.family_name),
    "name": Claim("name", lambda person: person.agent.full_name),
    "phone_number": Claim("phone_number", lambda person: person.agent.phone),
    "organizational_unit": Claim("organizational_unit", lambda person: person.membership.department),
    "siret": Claim("siret", lambda person: person.organization.siret),
    "organization": Claim("organization", _organization),
    "roles": Claim("roles", lambda person: list(person.roles)),
    "picture": Claim("picture", _picture),
}
SUPPORTED: tuple[str, ...] = ("sub", *CLAIMS)


def released(person: Person, *, scope: str, application: Application, also: Iterable[str] = ()) -> dict[str, Any]:
    """Return the claims of this person that the scope asks for, or `also`, and that the application's sheet lists.

    A value that the directory does not have is left out, not sent empty (OpenID Connect Core, section 5.3.2); roles are
    always a list.
    """
    asked = scopes.claims_of(scope) | set(also)
    sheet = set(application.attributes)
    values = {name: claim.value(person) for name, claim in CLAIMS.items() if name in asked and claim.attribute in sheet}
    return {name: value for name, value in values.items() if value not in ("", None)}


LABELS: dict[str, str] = {
    "email": "votre adresse e-mail",
    "given_name": "votre prénom",
    "usual_name": "votre nom",
    "name": "votre nom complet",
    "phone_number": "votre téléphone",
    "organizational_unit": "votre service",
    "siret": "le SIRET de votre employeur",
    "organization": "votre employeur",
    "roles": "vos rôles dans l’application",
    "picture": "votre photo",
}


def named(asked: Asked) -> list[str]:
    """Return the claims that a request will have released, as far as the sheet lists them."""
    wanted = scopes.claims_of(asked.scope).union(*asked.claims.values())
    sheet = set(asked.known_client.application.attributes)
    return [name for name, claim in CLAIMS.items() if name in wanted and claim.attribute in sheet]


def labels(names: Iterable[str]) -> list[str]:
    """Return what an agent reads of these claims; a claim that repeats another says nothing."""
    return [LABELS[name] for name in names if name in LABELS]
