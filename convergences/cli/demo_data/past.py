"""What happened before one looks: a directory where nobody ever did anything would show nothing of its use.

Each act is a référent's, through the same verb as their pages; the mails that follow are on the demo's page.
"""

import datetime as dt
import random
from contextlib import AbstractContextManager, nullcontext

from django.db import transaction
from django.db.models import F, Q

from convergences.audit.services import Actor
from convergences.catalog.queries import by_slug
from convergences.cli.demo_data.crowd import SEED
from convergences.directory import queries
from convergences.directory.details import AgentDetails
from convergences.directory.models import Agent, AgentState, Membership, Organization, OrganizationKind, Profile
from convergences.directory.services import agents
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import grant
from convergences.entitlements.terms import Terms, Wish
from convergences.foundations import clock
from convergences.lifecycle.services import arrive, suspend

_INSTALLED_AGO = dt.timedelta(days=95)
_AT_MOST_AGO = dt.timedelta(days=60)
_SOPHIE = AgentDetails(
    given_name="Sophie",
    family_name="Delorme",
    email="sophie.delorme@pantin.example",
    civility="madam",
    job_title="Assistante administrative",
    department="CCAS",
)


def installation() -> AbstractContextManager[None]:
    """Return when the files are applied: months ago the first time, so that the journal does not begin today."""
    if Organization.objects.exists():
        return nullcontext()
    return clock.at(clock.now() - _INSTALLED_AGO)


@transaction.atomic
def give() -> None:
    """Replay the past, once."""
    if queries.by_email(_SOPHIE.email) is not None:
        return
    _note_sign_ins()
    _let_second_factors_wait()
    _date_rights()
    nadia, moussa = _member("nadia.ferhat"), _member("moussa.diarra")
    ends_on = clock.today() + dt.timedelta(days=21)
    filer = Terms(roles=("filer",), ends_on=ends_on, reason="Remplacement de Claire Nguyen aux commissions")
    grant(_member("amina.bouzid"), by_slug("snapi-cap"), terms=filer, giver=nadia.agent, actor=_acting(nadia))
    suspend(_member("jean-marc.legoff"), reason="Congé long", notify=True, giver=moussa.agent, actor=_acting(moussa))
    _create_sophie(nadia)


def _create_sophie(by: Membership) -> None:
    wishes = [Wish(by_slug("bip").pk, ("reader",)), Wish(by_slug("rdv-emploi").pk, ("user",))]
    pantin: Organization = by.organization
    arrive(_SOPHIE, organization=pantin, giver=by.agent, actor=_acting(by), wishes=wishes)


def _note_sign_ins() -> None:
    dice = random.Random(SEED)  # noqa: S311 - invented dates
    for agent in Agent.objects.filter(state=AgentState.ACTIVE, last_sign_in_at__isnull=True).order_by("email"):
        agents.note_sign_in(agent, clock.now() - dice.random() ** 2 * _AT_MOST_AGO)


def _let_second_factors_wait() -> None:
    """Those who act for others first come today: else they would all owe a second factor before they look around."""
    named = Q(memberships__profile=Profile.REFERENT) | Q(memberships__organization__kind=OrganizationKind.CENTER)
    found = Agent.objects.filter(named, activated_at__isnull=False)
    Agent.objects.filter(pk__in=found.values("pk")).update(activated_at=clock.now())


def _date_rights() -> None:
    """Rights came with attachments, so that their figures grow over months; files say none of it."""
    rights = list(Entitlement.objects.filter(membership__starts_on__lt=F("starts_on")).select_related("membership"))
    for right in rights:
        right.starts_on = right.membership.starts_on
        right.granted_at = clock.start_of(right.starts_on)
    Entitlement.objects.bulk_update(rights, ["starts_on", "granted_at"], batch_size=200)


def _member(name: str) -> Membership:
    agent = queries.by_email(f"{name}@pantin.example")
    if agent is None:
        raise LookupError(name)
    return next(one for one in queries.open_memberships(agent) if one.organization.key == "pantin")


def _acting(membership: Membership) -> Actor:
    return Actor(membership.agent_id, membership.full_name, address="192.0.2.41", browser="Edge sur Windows")
