"""Mails of a campaign, for many employers: drained by the worker, never two for one employer, never none.

Each employer's mail is posted in the transaction that marks them as served, and that mark is taken only where it was
not: a worker killed at any instant has served an employer wholly or not at all, and several workers share the work.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Exists, F, Max, QuerySet

from convergences.audit.services import SYSTEM, Actor, record
from convergences.campaigns import mails
from convergences.campaigns.actions import Action
from convergences.campaigns.details import Filters
from convergences.campaigns.errors import WrongState
from convergences.campaigns.models import Campaign, CampaignState, Invitation, InvitationState, Mailing, MailingKind
from convergences.campaigns.queries import audience, remindable
from convergences.campaigns.references import new_reference
from convergences.campaigns.services import links
from convergences.campaigns.services.holding import hold
from convergences.directory.models import Organization
from convergences.directory.narrowing import Narrowing
from convergences.foundations import clock, outbox

ENROLLED_AT_ONCE = 500
MAILED_AT_ONCE = 50
EVERYBODY = Narrowing()
NO_ADDRESS = "Aucune adresse e-mail officielle"


def drain() -> int:
    """Do a part of the oldest mailing under way; return how many employers were served. For the worker."""
    under_way = Mailing.objects.filter(finished_at__isnull=True, campaign__state=CampaignState.RUNNING)
    by_mail = under_way.exclude(kind=MailingKind.LETTERS).select_related("campaign")
    mailing = by_mail.order_by("created_at", "pk").first()
    if mailing is None:
        return 0
    if mailing.kind == MailingKind.LAUNCH and mailing.enrolled_at is None:
        return _enrol(mailing)
    return _mail(mailing)


def remind_due(today: dt.date) -> int:
    """Prepare the reminder whose day has come in each campaign: the latest, if days were missed; return how many."""
    made = 0
    for campaign in Campaign.objects.filter(state=CampaignState.RUNNING):
        first = clock.day_of(campaign.launched_at) if campaign.launched_at else today
        due = [dt.date.fromisoformat(day) for day in campaign.reminders if first < dt.date.fromisoformat(day) <= today]
        prepared = campaign.mailings.filter(kind=MailingKind.REMINDER, created_by="")  # by us, and by nobody's hand
        last = prepared.aggregate(day=Max("day"))["day"]
        if due and (last is None or last < max(due)):
            made += _remind(campaign, max(due), (), SYSTEM) is not None
    return made


@transaction.atomic
def remind(campaign: Campaign, chosen: list[Invitation], *, actor: Actor) -> Mailing:
    """Remind chosen employers that have not answered, today; one who was reminded today, or is about to be, is not.

    Raises `WrongState` when the campaign is not running or when none of them can be reminded, `ForTheCentre`.
    """
    held = hold(campaign, actor)
    if held.state != CampaignState.RUNNING:
        raise WrongState("La campagne n'est pas en cours : rien ne part.")
    under_way = held.mailings.filter(kind=MailingKind.REMINDER, finished_at__isnull=True)
    leaving = {pk for only in under_way.values_list("only", flat=True) for pk in only}
    wanted = tuple(found.pk for found in chosen if found.pk not in leaving)
    mailing = _remind(held, clock.today(), wanted, actor) if wanted else None
    if mailing is None:
        raise WrongState("Ces employeurs ont répondu, ou ont déjà été relancés aujourd'hui.")
    record(Action.REMINDED, actor=actor, campaign=campaign.name, employers=mailing.total)
    return mailing


@transaction.atomic
def remind_all(campaign: Campaign, narrowing: Narrowing, *, actor: Actor) -> Mailing:
    """Remind all the silent employers of a part of a campaign, but those who were reminded today.

    Raises `WrongState` when the campaign is not running, when a reminder is leaving already (a button pressed twice),
    or when there is nobody to remind; `ForTheCentre`.
    """
    held = hold(campaign, actor)
    if held.state != CampaignState.RUNNING:
        raise WrongState("La campagne n'est pas en cours : rien ne part.")
    if held.mailings.filter(kind=MailingKind.REMINDER, finished_at__isnull=True).exists():
        raise WrongState("Une relance est en train de partir : attendez qu'elle soit finie.")
    total = remindable(held, clock.today(), narrowing).count()
    if not total:
        raise WrongState("Personne n'est à relancer : ces employeurs ont répondu, ou ont été relancés aujourd'hui.")
    record(Action.REMINDED, actor=actor, campaign=held.name, employers=total)
    return Mailing.objects.create(
        campaign=held,
        kind=MailingKind.REMINDER,
        day=clock.today(),
        narrowed=narrowing.stored(),
        total=total,
        created_at=clock.now(),
        created_by=actor.label[:200],
    )


def _remind(campaign: Campaign, day: dt.date, only: tuple[int, ...], actor: Actor) -> Mailing | None:
    total = _silent(campaign, day, only).count()
    if only and not total:
        return None
    values = {"only": list(only), "total": total, "created_at": clock.now()}
    if actor is SYSTEM:
        # Two workers may see the day come: the constraint lets one of them prepare it.
        mailing, ours = Mailing.objects.get_or_create(
            campaign=campaign, kind=MailingKind.REMINDER, day=day, created_by="", defaults=values
        )
        return mailing if ours else None
    return Mailing.objects.create(
        campaign=campaign, kind=MailingKind.REMINDER, day=day, created_by=actor.label[:200], **values
    )


def _silent(
    campaign: Campaign, day: dt.date, only: tuple[int, ...], narrowing: Narrowing = EVERYBODY
) -> QuerySet[Invitation]:
    found = remindable(campaign, day, narrowing)
    return found.filter(pk__in=only) if only else found


def enrol(mailing: Mailing) -> None:
    """Write the invitations of a launch at once, in the current transaction: for a campaign that asks one employer."""
    while mailing.enrolled_at is None:
        _enrol(mailing)
        mailing.refresh_from_db()


@transaction.atomic
def _enrol(mailing: Mailing) -> int:
    """Write the invitations of the next employers, in the order of their numbers; those declared since are left out."""
    held = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if held.enrolled_at is not None:
        return 1  # another worker wrote the last of them while this one waited
    asked = audience(Filters.kept(mailing.campaign.filters)).filter(created_at__lte=held.created_at)
    found = list(asked.filter(pk__gt=held.cursor).order_by("pk").values_list("pk", flat=True)[:ENROLLED_AT_ONCE])
    Invitation.objects.bulk_create(
        [Invitation(campaign_id=held.campaign_id, organization_id=pk, reference=new_reference()) for pk in found],
        ignore_conflicts=False,
    )
    if found:
        held.cursor = found[-1]
    else:
        held.cursor, held.enrolled_at = 0, clock.now()
        held.total = Invitation.objects.filter(campaign_id=held.campaign_id).count()
    held.save(update_fields=["cursor", "enrolled_at", "total"])
    return max(1, len(found))


def _mail(mailing: Mailing) -> int:
    ahead = _ahead(mailing)
    if not ahead:
        Mailing.objects.filter(pk=mailing.pk, finished_at__isnull=True).update(finished_at=clock.now())
        return 1
    for invitation in ahead:
        _serve(mailing, invitation)
    return len(ahead)


def _ahead(mailing: Mailing) -> list[Invitation]:
    if mailing.kind == MailingKind.LAUNCH:
        waiting = Invitation.objects.filter(campaign=mailing.campaign, state=InvitationState.WAITING, mail_problem="")
    else:
        narrowing = Narrowing(**mailing.narrowed)
        waiting = _silent(mailing.campaign, mailing.day, tuple(mailing.only), narrowing)
        if not mailing.created_by:  # by nobody's hand: after a pause, the first mail may have left a minute ago
            waiting = waiting.exclude(mailed_at__gte=clock.start_of(mailing.day))
    loaded = waiting.select_related("campaign", "organization", "organization__correspondent")
    return list(loaded.order_by("pk")[:MAILED_AT_ONCE])


@transaction.atomic
def _serve(mailing: Mailing, invitation: Invitation) -> None:
    """Serve one employer: the mark and the mail, or neither.

    Nothing when another worker has just done it, or when what the mail would say has changed since it was read: the
    campaign stopped, its deadline or the official address moved. It is read again in the next turn.
    """
    organization, now = invitation.organization, clock.now()
    unserved = Invitation.objects.filter(
        pk=invitation.pk,
        state=invitation.state,
        reminded_for=invitation.reminded_for,
        mail_problem=invitation.mail_problem,
    ).filter(*_as_read(invitation))
    if not organization.active:
        unserved.update(state=InvitationState.WITHDRAWN)
        return
    if not organization.authority_email:
        problem = {"mail_problem": NO_ADDRESS}
        if mailing.kind == MailingKind.REMINDER:
            unserved.update(reminded_for=mailing.day, **problem)
        elif unserved.update(**problem):
            _count(mailing, failed=1)
        return
    first = mailing.kind == MailingKind.LAUNCH
    marks = (
        {"state": InvitationState.SENT, "mailed_at": now}
        if first
        else {"reminded_for": mailing.day, "reminded_at": now, "reminder_count": F("reminder_count") + 1}
    )
    if unserved.update(**marks):
        write = mails.invitation if first else mails.reminder
        outbox.post(write(invitation, links.issue(invitation)))
        _count(mailing, done=1)


def _as_read(invitation: Invitation) -> tuple[Exists, Exists]:
    # Beside the marks, never joined to them: after a wait, PostgreSQL judges again the columns of the row itself only.
    campaign, organization = invitation.campaign, invitation.organization
    going_on = Campaign.objects.filter(pk=campaign.pk, state=CampaignState.RUNNING, deadline=campaign.deadline)
    reached = Organization.objects.filter(
        pk=organization.pk, active=organization.active, authority_email=organization.authority_email
    )
    return Exists(going_on), Exists(reached)


def _count(mailing: Mailing, *, done: int = 0, failed: int = 0) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(done=F("done") + done, failed=F("failed") + failed)
