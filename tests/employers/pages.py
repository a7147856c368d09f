"""What these tests do again and again: a correspondant's browser, an address, many employers."""

from typing import Any

from django.test import Client

from convergences.directory.models import Organization, OrganizationKind
from convergences.foundations import clock
from convergences.foundations.text import searchable
from tests.cast import Cast, signed_in

LIST = "/espace-cig/employeurs"
BOBIGNY = {
    "name": "Ville de Bobigny",
    "siret": "219 300 084 00015",
    "kind": "commune",
    "affiliation": "affiliated",
    "department": "93",
    "parent": "",
    "email_domains": "bobigny.example",
    "authority_title": "Monsieur le Maire",
    "authority_name": "Abel Rivière",
    "authority_email": "maire@bobigny.example",
    "authority_address": "31 avenue du Président Salvador Allende, 93000 Bobigny",
    "correspondent": "",
}


def julien(cast: Cast) -> Client:
    """Return a browser in which the correspondant is signed in, by two factors."""
    return signed_in(cast.julien.agent, second_factor=True)


def sheet(act: str = "", key: str = "pantin") -> str:
    """Return an address about an employer."""
    return f"{LIST}/{key}" + (f"/{act}" if act else "")


def towns(start: int, end: int, **fields: Any) -> None:
    """Write many employers at once."""
    base = {"kind": OrganizationKind.COMMUNE, "affiliation": "affiliated", "department": "94"}
    made = []
    for number in range(start, end):
        name = f"Commune de Saint-Élie {number:05d}"
        given = {**base, **fields, "name": name, "name_key": searchable(name), "created_at": clock.now()}
        made.append(Organization(key=f"saint-elie-{number}", siret=f"{number:014d}", **given))
    Organization.objects.bulk_create(made)


def posted(**changes: str) -> dict[str, str]:
    """Return the form of Bobigny with some fields changed."""
    return {**BOBIGNY, **changes}
