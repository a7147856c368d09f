"""The cast, written straight into the tables so that a broken service breaks its own tests only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from convergences.catalog.models import Application, ApplicationRole
from convergences.directory.models import (
    Affiliation,
    Agent,
    AgentState,
    Membership,
    Organization,
    OrganizationKind,
    Profile,
    Role,
    StaffRole,
)
from convergences.foundations import clock
from convergences.foundations.text import searchable

PASSWORD = "Quatre tracteurs bleus 93"
LONG_AGO = dt.date(2020, 1, 1)


@dataclass
class Cast:
    """Who plays."""

    center: Organization
    pantin: Organization
    romainville: Organization
    nadia: Membership  # référente of Pantin
    moussa: Membership  # second référent of Pantin
    claire: Membership  # agent of Pantin
    karim: Membership  # référent of Romainville
    lucie: Membership  # agent of Romainville
    julien: Membership  # correspondant of the centre
    bip: Application
    cotisations: Application


def organization(key: str, siret: str, name: str, **fields: Any) -> Organization:
    """Write an organization; a commune of department 93 unless told otherwise."""
    base: dict[str, Any] = {
        "kind": OrganizationKind.COMMUNE,
        "affiliation": Affiliation.AFFILIATED,
        "department": "93",
        "email_domains": [f"{key}.example"],
        "created_at": clock.now(),
    }
    return Organization.objects.create(key=key, siret=siret, name=name, **{**base, **fields})


def member(
    employer: Organization, name: str, *, profile: str = Profile.USER, state: str = AgentState.ACTIVE, **fields: Any
) -> Membership:
    """Write an agent and a confirmed membership."""
    given, family = name.split(" ", 1)
    email = fields.pop("email", f"{searchable(given)}.{searchable(family).replace(' ', '')}@{employer.key}.example")
    now = clock.now()
    agent = Agent.objects.create(
        email=email,
        given_name=given,
        family_name=family,
        state=state,
        created_at=now,
        activated_at=None if state == AgentState.INVITED else now,
    )
    return join(agent, employer, profile=profile, **fields)


def join(agent: Agent, employer: Organization, *, profile: str = Profile.USER, **fields: Any) -> Membership:
    """Write a confirmed membership of an existing agent."""
    now = clock.now()
    base: dict[str, Any] = {
        "starts_on": LONG_AGO,
        "confirmed_at": now,
        "created_at": now,
        "shown_given_name": agent.given_name,
        "shown_family_name": agent.family_name,
        "name_key": searchable(f"{agent.family_name} {agent.given_name}"),
        "search_text": searchable(
            f"{agent.given_name} {agent.family_name} {agent.email} {fields.get('department', '')}"
        ),
    }
    return Membership.objects.create(agent=agent, organization=employer, profile=profile, **{**base, **fields})


def application(slug: str, name: str, roles: list[tuple[str, str]], **fields: Any) -> Application:
    """Write an open application that every affiliated employer is subscribed to."""
    base: dict[str, Any] = {
        "category": "Gestion du personnel",
        "url": f"https://{slug}.example/",
        "status": "open",
        "affiliations": ["affiliated", "subscriber", "center"],
        "attributes": ["email", "given_name", "usual_name", "organization", "roles"],
        "created_at": clock.now(),
    }
    made = Application.objects.create(slug=slug, name=name, **{**base, **fields})
    for position, (key, label) in enumerate(roles):
        ApplicationRole.objects.create(application=made, key=key, name=label, position=position)
    return made


def build_cast() -> Cast:
    """Write the whole cast."""
    center = organization(
        "cig", "28930001400015", "CIG petite couronne", kind=OrganizationKind.CENTER, affiliation=Affiliation.CENTER
    )
    pantin = organization("pantin", "21930055500014", "Ville de Pantin")
    romainville = organization("romainville", "21930063900016", "Ville de Romainville")
    julien = member(center, "Julien Moreau")
    StaffRole.objects.create(agent=julien.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    for town in (pantin, romainville):
        town.correspondent = julien.agent
        town.save()
    return Cast(
        center=center,
        pantin=pantin,
        romainville=romainville,
        nadia=member(pantin, "Nadia Ferhat", profile=Profile.REFERENT, department="Direction des RH"),
        moussa=member(pantin, "Moussa Diarra", profile=Profile.REFERENT, department="Paie"),
        claire=member(pantin, "Claire Nguyen", department="Carrières"),
        karim=member(romainville, "Karim Benali", profile=Profile.REFERENT),
        lucie=member(romainville, "Lucie Lefèvre"),
        julien=julien,
        bip=application("bip", "BIP", [("reader", "Consulter"), ("manager", "Gérer")]),
        cotisations=application("net-cotisations", "Net-Cotisations", [("reader", "Consulter"), ("payer", "Déclarer")]),
    )


def set_password(agent: Agent, password: str = PASSWORD) -> None:
    """Give the agent a password."""
    from convergences.authentication.services import passwords

    passwords.store(agent, password)


def signed_in(
    agent: Agent, *, factors: tuple[str, ...] = ("pwd",), second_factor: bool = False, **client: Any
) -> Client:
    """Return a test client in which the agent is signed in, by a password, or by two factors."""
    from convergences.authentication.services import sessions
    from convergences.authentication.services.sessions import Browser

    browser = Client(**client)
    _session, token = sessions.open_session(agent, factors=factors, browser=Browser("127.0.0.1", "Firefox"))
    browser.cookies[settings.SESSION_COOKIE_NAME] = token
    if second_factor:
        strengthen(agent)
    return browser


def strengthen(agent: Agent, **fields: Any) -> None:
    """Give the agent's sessions what a code of their telephone would give them now, or what is told."""
    from convergences.authentication.models import Session

    proved = {"factors": ["pwd", "otp", "mfa"], "level": "eidas2", "second_factor_at": clock.now()}
    Session.objects.filter(agent=agent).update(**{**proved, **fields})


def give_totp(agent: Agent) -> None:
    """Give the agent an application of codes, whose seed nobody knows."""
    from convergences.authentication.models import Totp

    now = clock.now()
    Totp.objects.create(agent=agent, name="Téléphone", sealed_seed="", created_at=now, confirmed_at=now)
