"""One employer asked to name its référents, from its sheet: a campaign of its own, with the rules of all campaigns."""

import datetime as dt
from itertools import groupby
from operator import attrgetter

from django.db import transaction

from convergences.audit.services import SYSTEM, Actor
from convergences.campaigns import employers
from convergences.campaigns.details import CampaignDetails, Filters
from convergences.campaigns.errors import WrongState
from convergences.campaigns.models import Campaign, CampaignState, Invitation, InvitationState, Mailing, MailingKind
from convergences.campaigns.services import mailing, preparing
from convergences.directory.models import Organization, OrganizationKind, Role
from convergences.directory.services import guards, locks, organizations
from convergences.foundations import clock
from convergences.foundations.text import day_in_words, french

DAYS, REMINDERS = 30, (10, 20)
AT_ONCE = 500
SUBJECT = "Désignez les référents administrateurs de votre collectivité"
TEXT = (
    "Sur le portail du centre de gestion, les référents administrateurs de votre collectivité créent les comptes "
    "de ses agents et leur donnent leurs accès.\n\n"
    "Il vous revient de les désigner : quatre minutes suffisent. Nous vous conseillons d'en nommer deux."
)


def drafted(organization: Organization) -> Campaign:
    """Return the campaign that asking this employer would launch, not written: to show its mail."""
    said = _details(organization)
    return Campaign(
        name=said.name,
        deadline=said.deadline,
        mail_subject=said.mail_subject,
        mail_text=said.mail_text,
        letter_text=said.letter_text,
    )


@transaction.atomic
def ask(organization: Organization, *, email: str, actor: Actor) -> Campaign:
    """Send an employer the form by which it names its référents, at its official address; return its campaign.

    Raises `WrongState` (closed, the centre itself, or asked already and not decided), `InvalidField` (the address),
    `ForTheCentre`; then nothing leaves.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_organization(organization.pk)
    if not held.active or held.kind == OrganizationKind.CENTER:
        raise WrongState("Cet employeur n'a pas de référent à désigner : il est fermé, ou c'est le centre lui-même.")
    if employers.awaited(held.pk):
        raise WrongState("Un formulaire lui est déjà envoyé : relancez-le, ou vérifiez sa réponse.")
    held = organizations.set_official_address(held, email, actor=actor)
    campaign = preparing.create(_details(held), actor=actor)
    mailing.enrol(preparing.launch(campaign, actor=actor))
    campaign.refresh_from_db()
    return campaign


@transaction.atomic
def give_address(organization: Organization, email: str, *, actor: Actor) -> int:
    """Keep the official address of an employer, and send it the forms that waited for one; return how many.

    Raises `InvalidField`, `ForTheCentre`.
    """
    held = organizations.set_official_address(organization, email, actor=actor)
    waiting = [each for each in employers.awaited(held.pk) if each.state == InvitationState.WAITING]
    return sum(_send([each], actor) for each in waiting if each.mail_problem)


def send_found() -> int:
    """Send the forms that waited for an address that is known now: a sheet was modified, a file read. For the worker.

    Not once the deadline is past: whether to put it off is for a correspondant to say. Return how many were sent.
    """
    unsent = Invitation.objects.filter(
        state=InvitationState.WAITING,
        campaign__state=CampaignState.RUNNING,
        campaign__deadline__gte=clock.today(),
        organization__active=True,
    ).exclude(mail_problem="")
    found = unsent.exclude(organization__authority_email="").select_related("campaign").order_by("campaign", "pk")
    by_campaign = groupby(found[:AT_ONCE], key=attrgetter("campaign_id"))
    return sum(_send(list(each), SYSTEM) for _campaign, each in by_campaign)


@transaction.atomic
def _send(unsent: list[Invitation], actor: Actor) -> int:
    """Prepare the mails of employers of one campaign that had no address; return how many nobody else prepared."""
    waiting = Invitation.objects.filter(pk__in=[each.pk for each in unsent]).exclude(mail_problem="")
    freed = waiting.update(mail_problem="")
    if freed:
        now = clock.now()
        Mailing.objects.create(
            campaign=unsent[0].campaign,
            kind=MailingKind.LAUNCH,
            day=clock.today(),
            total=freed,
            created_at=now,
            enrolled_at=now,
            created_by=actor.label[:200],
        )
    return freed


def _details(organization: Organization) -> CampaignDetails:
    today = clock.today()
    name = f"{organization.name[:80]}, {day_in_words(today)}"
    return CampaignDetails(
        name=name,
        deadline=today + dt.timedelta(days=DAYS),
        mail_subject=french(SUBJECT),
        mail_text=french(TEXT),
        letter_text=french(TEXT),
        filters=Filters(employer=organization.key),
        reminders=tuple(today + dt.timedelta(days=days) for days in REMINDERS),
    )
