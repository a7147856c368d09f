"""What an empty database is filled with, so that the correspondant's pages can be measured: employers and campaigns.

Each employer has a référent and agents, one in four of whom never came, and rights on three applications, given and
withdrawn over two years; three campaigns asked them all, the last of which has let its deadline pass.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from bench.filling import _now, _written

DEPARTMENTS = ("75", "77", "78", "91", "92", "93", "94", "95")
KINDS = ("commune", "commune", "commune", "ccas", "caisse_des_ecoles", "epci", "syndicat", "oph")
STATES = ("sent", "opened", "received", "validated", "validated", "validated", "validated", "sent_back")
NAMES = ("Ville de Saint-Aubin", "CCAS de Montreuil", "Syndicat des Eaux", "OPH de Valmont", "Caisse des écoles d'Ivry")
MONTHS = 24


def fill(employers: int, agents_each: int) -> Any:
    """Write employers, their agents and rights, and campaigns; return the correspondant who looks."""
    from tests.cast import build_cast

    cast = build_cast()
    made = _written(_organizations(employers, cast.julien.agent))
    members = _written(_memberships(_written(_agents(employers * agents_each)), made))
    applications = [cast.bip, cast.cotisations, _third()]
    for number, application in enumerate(applications):
        _written(_rights(members, application, number))
    for number in range(3):
        _campaign(number, made, latest=number == 2)
    return cast.julien.agent


def _organizations(number: int, correspondent: Any) -> Iterator[Any]:
    from convergences.directory.models import Organization
    from convergences.foundations.text import searchable

    for index in range(number):
        name = f"{NAMES[index % len(NAMES)]} {index:05d}"
        yield Organization(
            key=f"employeur-{index}",
            siret=f"9{index:013d}",
            name=name,
            name_key=searchable(name),
            kind=KINDS[index % len(KINDS)],
            affiliation="affiliated",
            department=DEPARTMENTS[index % len(DEPARTMENTS)],
            authority_email="" if index % 20 == 0 else f"mairie.{index}@bench.example",
            correspondent=correspondent if index % 10 == 0 else None,
            created_at=_now(),
        )


def _agents(number: int) -> Iterator[Any]:
    from convergences.directory.models import Agent

    for index in range(number):
        came = index % 4 != 0
        yield Agent(
            email=f"agent.{index}@bench.example",
            given_name="Camille",
            family_name=f"Numéro{index}",
            state="active" if came else "invited",
            created_at=_now(),
            activated_at=_now() if came else None,
            last_sign_in_at=_now() if came else None,
        )


def _memberships(people: list[Any], employers: list[Any]) -> Iterator[Any]:
    from convergences.directory.models import Membership

    for index, agent in enumerate(people):
        yield Membership(
            agent=agent,
            organization=employers[index % len(employers)],
            profile="referent" if index < len(employers) else "user",
            starts_on=dt.date(2020, 1, 1),
            confirmed_at=_now(),
            created_at=_now(),
            invited_at=_now() - dt.timedelta(days=index % 40),
            shown_given_name=agent.given_name,
            shown_family_name=agent.family_name,
            shown_email=agent.email,
            name_key=f"numero{index} camille",
            search_text=f"camille numero{index}",
        )


def _third() -> Any:
    from tests.cast import application

    return application("octime", "Octime", [("reader", "Consulter")])


def _rights(members: list[Any], application: Any, number: int) -> Iterator[Any]:
    from convergences.entitlements.models import Entitlement

    for index, member in enumerate(members):
        given = _now() - dt.timedelta(days=30 * ((index + number) % MONTHS))
        over = index % 5 == 0
        yield Entitlement(
            membership=member,
            organization_id=member.organization_id,
            application=application,
            roles=["reader"],
            starts_on=given.date(),
            granted_at=given,
            closed_at=given + dt.timedelta(days=20) if over else None,
        )


def _campaign(number: int, employers: list[Any], *, latest: bool) -> None:
    from convergences.campaigns.models import Campaign, Mailing

    now = _now() - dt.timedelta(days=400 * (2 - number))
    campaign = Campaign.objects.create(
        name=f"Désignation {number}",
        state="running" if latest else "closed",
        deadline=(now - dt.timedelta(days=5)).date(),
        mail_subject="Désignez vos référents",
        mail_text="Désignez vos référents.",
        letter_text="Désignez vos référents.",
        created_at=now,
        launched_at=now,
        closed_at=None if latest else now,
    )
    sent = {"total": len(employers), "done": len(employers), "created_at": now, "enrolled_at": now, "finished_at": now}
    Mailing.objects.create(campaign=campaign, kind="launch", day=now.date(), created_by="Julien Moreau", **sent)
    asked = _written(_invitations(campaign, employers, number))
    _written(_answers(each for each in asked if each.state == "received"))


def _invitations(campaign: Any, employers: list[Any], number: int) -> Iterator[Any]:
    from convergences.campaigns.models import Invitation

    for index, employer in enumerate(employers):
        yield Invitation(
            campaign=campaign,
            organization=employer,
            reference=f"{number}{index:07d}",
            state=STATES[index % len(STATES)],
            mailed_at=campaign.launched_at,
        )


def _answers(invitations: Iterable[Any]) -> Iterator[Any]:
    from convergences.campaigns.models import Designation

    for invitation in invitations:
        yield Designation(
            invitation=invitation,
            state="received",
            channel="online",
            proof="mail_code",
            signatory_name="Camille Roy",
            signatory_title="Maire",
            created_at=_now(),
            received_at=_now(),
        )
