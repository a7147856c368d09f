"""What an application declares of itself, and its cleaning. Its attributes are all that it may receive (rule 9)."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from convergences.catalog.errors import InvalidField
from convergences.catalog.models import Application, Assurance, Protocol, Status
from convergences.directory.models import Affiliation

ATTRIBUTES = {
    "email": "Adresse e-mail",
    "email_verified": "Adresse e-mail vérifiée",
    "civility": "Civilité",
    "given_name": "Prénom",
    "usual_name": "Nom d’usage",
    "family_name": "Nom",
    "name": "Prénom et nom",
    "phone_number": "Téléphone",
    "organizational_unit": "Service",
    "job_title": "Fonction",
    "organization": "Employeur",
    "siret": "SIRET de l’employeur",
    "roles": "Droits dans l’application",
    "picture": "Photo",
}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ROLE_KEY = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*")
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9a-f:]+")


@dataclass(frozen=True, slots=True)
class RoleDetails:
    """What an agent may be inside the application: a key for the application, a name for people."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class ApplicationDetails:
    """An application as it is declared. Roles are kept in their order; `affiliations` are served without asking."""

    slug: str
    name: str
    url: str
    roles: tuple[RoleDetails, ...] = ()
    tagline: str = ""
    category: str = ""
    icon: str = "apps"
    status: str = Status.DRAFT
    opens_on: dt.date | None = None
    assurance: str = Assurance.PASSWORD
    remembers_devices: bool = True
    affiliations: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    protocol: str = Protocol.LINK
    planned_protocol: str = ""
    position: int = 100

    @classmethod
    def of(cls, application: Application) -> "ApplicationDetails":
        """Return the details of an application as it is, so that some may be replaced."""
        return cls(
            slug=application.slug,
            name=application.name,
            url=application.url,
            roles=tuple(RoleDetails(role.key, role.name) for role in application.roles.all()),
            tagline=application.tagline,
            category=application.category,
            icon=application.icon,
            status=application.status,
            opens_on=application.opens_on,
            assurance=application.assurance,
            remembers_devices=application.remembers_devices,
            affiliations=tuple(application.affiliations),
            attributes=tuple(application.attributes),
            protocol=application.protocol,
            planned_protocol=application.planned_protocol,
            position=application.position,
        )

    def cleaned(self) -> "ApplicationDetails":
        """Return the same details as they are kept; raises `InvalidField`, which names the field, and nothing else."""
        _check_choice(self.status, Status.values, "status")
        _check_choice(self.assurance, Assurance.values, "assurance")
        _check_choice(self.protocol, Protocol.values, "protocol")
        _check_choice(self.planned_protocol, ["", *Protocol.values], "planned_protocol")
        for affiliation in self.affiliations:
            _check_choice(affiliation, Affiliation.values, "affiliations")
        for attribute in self.attributes:
            _check_choice(attribute, ATTRIBUTES, "attributes")
        if not 0 <= self.position <= 32_000:  # noqa: PLR2004 - the column's bounds
            raise InvalidField("La position va de 0 à 32 000.", field="position")
        return replace(
            self,
            slug=_matching(_SLUG, self.slug.strip(), 60, "slug"),
            name=_line(self.name, 120, "name", required=True),
            url=clean_url(self.url),
            roles=_clean_roles(self.roles),
            tagline=_line(self.tagline, 200, "tagline"),
            category=_line(self.category, 80, "category"),
            icon=_matching(_SLUG, self.icon.strip(), 40, "icon"),
            affiliations=tuple(dict.fromkeys(self.affiliations)),
            attributes=tuple(dict.fromkeys(self.attributes)),
        )


def clean_url(typed: str, *, field: str = "url") -> str:
    """Return a web address that a tile may lead to; raises `InvalidField` for any other kind (`javascript:`…)."""
    url = typed.strip()
    refusal = InvalidField("Saisissez une adresse complète, qui commence par https://.", field=field)
    if len(url) > 500 or not url.isascii() or re.search(r"[\s\x00-\x1f\x7f\\<>\"]", url):  # noqa: PLR2004 - the column's
        raise refusal
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        raise refusal from None
    # « https://bip.example@evil.example/ » reads as one and leads to the other.
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or "@" in parts.netloc:
        raise refusal
    return url


def _clean_roles(roles: tuple[RoleDetails, ...]) -> tuple[RoleDetails, ...]:
    cleaned = tuple(
        RoleDetails(_matching(_ROLE_KEY, role.key.strip(), 40, "roles"), _line(role.name, 80, "roles", required=True))
        for role in roles
    )
    if len({role.key for role in cleaned}) != len(cleaned):
        raise InvalidField("Deux droits de l'application portent la même clé.", field="roles")
    return cleaned


def _check_choice(value: str, choices: Collection[str], field: str) -> None:
    if value not in choices:
        known = ", ".join(choice for choice in choices if choice)
        raise InvalidField(f"La valeur « {value} » n'est pas connue. Choisissez parmi : {known}.", field=field)


def _matching(pattern: re.Pattern[str], value: str, length: int, field: str) -> str:
    if len(value) > length or not pattern.fullmatch(value):
        raise InvalidField(
            f"Utilisez des lettres sans accent, des chiffres et des tirets : {length} au plus.", field=field
        )
    return value


def _line(typed: str, length: int, field: str, *, required: bool = False) -> str:
    text = " ".join(typed.split())
    if required and not text:
        raise InvalidField("Saisissez un nom.", field=field)
    if len(text) > length or not text.isprintable():
        raise InvalidField(f"Saisissez un texte simple de {length} caractères au plus.", field=field)
    return text
