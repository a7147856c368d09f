"""Under which name an application knows an agent (Core, section 8.3), and how their values are named for it."""

import hmac
import uuid
from dataclasses import dataclass
from typing import Any

from convergences.directory.models import Agent
from convergences.protocols.saml import names
from convergences.protocols.saml.errors import InvalidNamePolicy
from convergences.protocols.saml.models import ServiceProvider
from convergences.web.entrance.attributes import Person, released


@dataclass(frozen=True, slots=True)
class Name:
    """A NameID: its format and its value."""

    format: str
    value: str


# Names by URI, and friendly names (X.500/LDAP Attribute Profile, section 8.2; eduPerson).
USUAL = {
    "urn:oid:0.9.2342.19200300.100.1.3": "email",
    "urn:oid:2.5.4.42": "given_name",
    "urn:oid:2.5.4.4": "usual_name",
    "urn:oid:2.16.840.1.113730.3.1.241": "name",
    "urn:oid:2.5.4.20": "phone_number",
    "urn:oid:2.5.4.11": "organizational_unit",
    "urn:oid:2.5.4.12": "job_title",
    "urn:oid:2.5.4.10": "organization",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.7": "roles",
    "siret": "siret",
}
FRIENDLY = {
    "email": "mail",
    "given_name": "givenName",
    "usual_name": "sn",
    "name": "displayName",
    "phone_number": "telephoneNumber",
    "organizational_unit": "ou",
    "job_title": "title",
    "organization": "o",
    "roles": "eduPersonEntitlement",
}


def name_for(provider: ServiceProvider, agent: Agent, asked: str, *, visit: uuid.UUID) -> Name:
    """Return the name of an agent for an application; raises `InvalidNamePolicy` when another form is insisted on.

    The form is the engineer's choice: an address is never given because a request asks for it. A transient name is
    given to whoever asks: it says less than any other (mod_auth_mellon asks for nothing else); it is that of a visit,
    so that a sign-out names whatever the application kept of it. Persistent names are derived for this application
    alone: two applications cannot compare them.
    """
    form = names.TRANSIENT if asked == names.TRANSIENT else names.NAME_FORMATS[provider.name_id_format]
    if asked not in {"", names.UNSPECIFIED, form}:
        raise InvalidNamePolicy("The form of name asked for is not given to this application")
    if form == names.EMAIL:
        return Name(form, str(agent.email))
    if form == names.TRANSIENT:
        return Name(form, f"_{_derived(provider, f'visit {visit}')}")
    return Name(form, _derived(provider, agent.subject))


def _derived(provider: ServiceProvider, of: str) -> str:
    return hmac.digest(provider.salt.encode(), of.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as it is sent: values are texts."""

    name: str
    friendly: str
    values: tuple[str, ...]


def attributes_for(provider: ServiceProvider, person: Person) -> list[Attribute]:
    """Return what the sheet lists and the application's mapping names; without a mapping, the usual names."""
    values = released(person, provider.application)
    named = provider.attributes or USUAL
    return [
        Attribute(name, FRIENDLY.get(attribute, attribute), _texts(values[attribute]))
        for name, attribute in named.items()
        if attribute in values
    ]


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    if isinstance(value, dict):
        return (str(value["name"]),)
    return (str(value).lower() if isinstance(value, bool) else str(value),)
