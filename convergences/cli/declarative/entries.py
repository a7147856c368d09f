"""What a file may hold: one class per kind of entry.

A key that is not written here is an error. A key that a file leaves out leaves the database as it is, and takes the
default written here when the entry is new.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, Any

from django.db.models import TextChoices
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from convergences.catalog.models import Assurance, Protocol, Status
from convergences.cli.declarative.secrets import Secret
from convergences.directory.models import Affiliation, AgentState, Civility, OrganizationKind, Profile, Role

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_STATES = (AgentState.INVITED, AgentState.ACTIVE, AgentState.SUSPENDED)


def _one_of(choices: type[TextChoices], among: tuple[TextChoices, ...] = ()) -> Callable[[str], str]:
    values = [str(choice) for choice in among or choices]

    def check(value: str) -> str:
        if value not in values:
            raise ValueError(f"valeur inconnue « {value} » ; valeurs possibles : {', '.join(values)}")
        return value

    return check


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise ValueError("écrivez-la en minuscules sans accent, chiffres et tirets, en 60 signes au plus")
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ValueError("cette valeur doit être une adresse complète, qui commence par https://")
    return value


def _day(value: Any) -> Any:
    """Read a day between quotes too; anything else is left to the type's own check."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


Day = Annotated[dt.date, BeforeValidator(_day)]
Slug = Annotated[str, AfterValidator(_slug)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
SecretText = Annotated[Secret, BeforeValidator(Secret.read)]


class Entry(BaseModel):
    """What every entry of a file has in common: strict types, and no key that is not written here."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class AuthorityEntry(Entry):
    """The autorité territoriale of an organization."""

    title: str = ""
    name: str = ""
    email: str = ""
    address: str = ""


class OrganizationEntry(Entry):
    """An employer, or the centre. `parent` and `correspondent` name another entry, or a row of the database."""

    key: Slug
    siret: str
    name: str
    kind: Annotated[str, AfterValidator(_one_of(OrganizationKind))]
    affiliation: Annotated[str, AfterValidator(_one_of(Affiliation))]
    department: str
    parent: str | None = None
    email_domains: list[str] = []
    authority: AuthorityEntry = AuthorityEntry()
    correspondent: str | None = None
    active: bool = True


class RoleEntry(Entry):
    """A profil applicatif."""

    key: Slug
    name: str


class OpeningEntry(Entry):
    """A wave: the application opens for this organization on its own date."""

    organization: str
    opens_on: Day
    wave: str = ""


class ApplicationEntry(Entry):
    """An application of the catalogue. `planned_protocol` marks a link that will be served otherwise."""

    slug: Slug
    name: str
    tagline: str = ""
    category: str = ""
    icon: Slug = "apps"
    url: WebAddress
    status: Annotated[str, AfterValidator(_one_of(Status))]
    opens_on: Day | None = None
    assurance: Annotated[str, AfterValidator(_one_of(Assurance))] = "password"
    remembers_devices: bool = True
    affiliations: list[Annotated[str, AfterValidator(_one_of(Affiliation))]] = []
    roles: list[RoleEntry] = []
    attributes: list[str] = []
    protocol: Annotated[str, AfterValidator(_one_of(Protocol))]
    planned_protocol: Annotated[str, AfterValidator(_one_of(Protocol))] | None = None
    position: int | None = Field(default=None, ge=0, le=32_000)
    openings: list[OpeningEntry] = []
    pilots: list[str] = []
    oidc: dict[str, Any] | None = None  # judged by the protocol's own room, name by name
    saml: dict[str, Any] | None = None
    cas: dict[str, Any] | None = None
    gate: dict[str, Any] | None = None


class SubscriptionEntry(Entry):
    """This organization may use this application."""

    organization: str
    application: str
    seats: int | None = Field(default=None, ge=0, le=10_000_000)
    starts_on: Day = Field(alias="from")
    ends_on: Day | None = Field(alias="until", default=None)


class EntitlementEntry(Entry):
    """A right of a member on an application."""

    application: str
    roles: list[str] = []
    ends_on: Day | None = Field(alias="until", default=None)


class MembershipEntry(Entry):
    """An agent works for an organization."""

    organization: str
    profile: Annotated[str, AfterValidator(_one_of(Profile))] = "user"
    job_title: str = ""
    department: str = ""
    starts_on: Day | None = Field(alias="from", default=None)
    ends_on: Day | None = Field(alias="until", default=None)
    suspended: bool = False
    entitlements: list[EntitlementEntry] = []


class AgentEntry(Entry):
    """A person. Without a password they are invited, and their first visit is still to come."""

    email: str
    given_name: str
    family_name: str
    civility: Annotated[str, AfterValidator(_one_of(Civility))] | None = None
    phone: str = ""
    state: Annotated[str, AfterValidator(_one_of(AgentState, _STATES))] | None = None
    password: SecretText | None = None
    memberships: list[MembershipEntry] = Field(min_length=1)
    staff_roles: list[Annotated[str, AfterValidator(_one_of(Role))]] = []


class Contents(Entry):
    """A whole file."""

    organizations: list[OrganizationEntry] = []
    applications: list[ApplicationEntry] = []
    subscriptions: list[SubscriptionEntry] = []
    agents: list[AgentEntry] = []
