"""What an application learns of an agent: what its scope asks for and its sheet lists, nothing else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from convergences.catalog.models import Application
from convergences.protocols.oidc import scopes
from convergences.protocols.oidc.checks.asked import Asked
from convergences.web.entrance.attributes import VALUES, Person

__all__ = ["CLAIMS", "LABELS", "SUPPORTED", "Claim", "Person", "labels", "named", "released"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: the attribute of the sheet that releases it, and how its value is read."""

    attribute: str
    value: Callable[[Person], Any]


# The address and whether it is verified are released together.
_NAMES = (
    "email",
    "email_verified",
    "given_name",
    "usual_name",
    "family_name",
    "name",
    "phone_number",
    "organizational_unit",
    "siret",
    "organization",
    "roles",
    "picture",
)
CLAIMS: dict[str, Claim] = {name: Claim("email" if name == "email_verified" else name, VALUES[name]) for name in _NAMES}
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
