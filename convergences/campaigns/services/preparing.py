"""Preparing a campaign, launching it, and its standing afterwards. Correspondants only."""

import datetime as dt
import json
from dataclasses import asdict

from django.db import transaction

from convergences.audit.services import Actor, record
from convergences.campaigns.actions import Action
from convergences.campaigns.details import CampaignDetails, Filters, check_deadline
from convergences.campaigns.errors import ChangedSince, NobodyToAsk, WrongDetails, WrongState
from convergences.campaigns.models import Campaign, CampaignState, Mailing, MailingKind
from convergences.campaigns.queries import audience
from convergences.campaigns.services import links
from convergences.campaigns.services.holding import hold
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.foundations import clock
from convergences.foundations.sealing import digest

LAUNCHED_STAYS = "Cette campagne a été lancée : elle ne se supprime plus."


@transaction.atomic
def create(details: CampaignDetails, *, actor: Actor) -> Campaign:
    """Prepare a campaign; nothing leaves before it is launched. Raises `WrongDetails`, `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    campaign = Campaign(created_at=clock.now(), created_by=actor.label[:200])
    _fill(campaign, details.cleaned(clock.today()))
    record(Action.CREATED, actor=actor, campaign=campaign.name)
    return campaign


@transaction.atomic
def modify(campaign: Campaign, details: CampaignDetails, *, actor: Actor) -> Campaign:
    """Change a campaign in preparation. Raises `WrongState` once it is launched, `WrongDetails`, `ForTheCentre`."""
    held = hold(campaign, actor)
    if held.state != CampaignState.DRAFT:
        raise WrongState("Cette campagne est lancée : seules sa date limite et ses relances se changent encore.")
    _fill(held, details.cleaned(clock.today()))
    record(Action.MODIFIED, actor=actor, campaign=held.name)
    return held


def mark(campaign: Campaign) -> str:
    """Return the mark of what is prepared: another one once anything of it has changed."""
    applications = sorted(campaign.applications.values_list("pk", flat=True))
    texts = (campaign.name, campaign.mail_subject, campaign.mail_text, campaign.letter_text)
    when = (campaign.deadline.isoformat(), campaign.reminders)
    return digest(json.dumps([texts, when, campaign.filters, applications], sort_keys=True))[:16]


@transaction.atomic
def delete(campaign: Campaign, *, actor: Actor, seen: str = "") -> None:
    """Delete a campaign in preparation, with its choice of applications: all that hangs from it before its launch.

    What a launch writes protects its campaign in the database. `seen`: the mark of what its page showed. Raises
    `WrongState` once it is launched, were it closed since; `ChangedSince`, `CampaignGone`, `ForTheCentre`.
    """
    held = hold(campaign, actor)
    if held.state != CampaignState.DRAFT:
        raise WrongState(LAUNCHED_STAYS)
    _check_as_shown(held, seen)
    record(Action.DELETED, actor=actor, campaign=held.name)
    held.delete()


@transaction.atomic
def reschedule(campaign: Campaign, deadline: dt.date, reminders: tuple[dt.date, ...], *, actor: Actor) -> Campaign:
    """Move the deadline and the reminders still to come of a campaign. Raises as `modify`, and when it is closed."""
    held = hold(campaign, actor)
    if held.state == CampaignState.CLOSED:
        raise WrongState("Cette campagne est close.")
    today = clock.today()
    check_deadline(deadline, today)
    if any(not today < day <= deadline for day in reminders):
        raise WrongDetails("Les relances partent après aujourd'hui et avant la date limite.", field="reminders")
    gone = [day for day in held.reminders if day <= today.isoformat()]
    held.deadline = deadline
    held.reminders = [*gone, *(day.isoformat() for day in sorted(set(reminders)))]
    held.save(update_fields=["deadline", "reminders"])
    links.prolong(held)
    record(Action.MODIFIED, actor=actor, campaign=held.name, deadline=deadline.isoformat())
    return held


@transaction.atomic
def launch(campaign: Campaign, *, actor: Actor, seen: str = "") -> Mailing:
    """Launch a campaign: the worker enrols each employer and sends its mail; return the work, which shows its progress.

    `seen`: the mark of what its page showed. Raises `WrongState` when it was launched already, `ChangedSince`,
    `NobodyToAsk`, `WrongDetails` for a deadline that has come.
    """
    held = hold(campaign, actor)
    if held.state != CampaignState.DRAFT:
        raise WrongState("Cette campagne est déjà lancée.")
    _check_as_shown(held, seen)
    check_deadline(held.deadline, clock.today())
    total = audience(Filters.kept(held.filters)).count()
    if not total:
        raise NobodyToAsk
    held.state, held.launched_at = CampaignState.RUNNING, clock.now()
    held.save(update_fields=["state", "launched_at"])
    record(Action.LAUNCHED, actor=actor, campaign=held.name, employers=total)
    return Mailing.objects.create(
        campaign=held,
        kind=MailingKind.LAUNCH,
        day=clock.today(),
        total=total,
        created_at=clock.now(),
        created_by=actor.label[:200],
    )


def pause(campaign: Campaign, *, actor: Actor) -> Campaign:
    """Stop what is leaving, without losing it; answers still come in. Raises `WrongState`."""
    return _move(campaign, CampaignState.RUNNING, CampaignState.PAUSED, Action.PAUSED, actor)


def resume(campaign: Campaign, *, actor: Actor) -> Campaign:
    """Go on with a campaign on pause. Raises `WrongState`."""
    return _move(campaign, CampaignState.PAUSED, CampaignState.RUNNING, Action.RESUMED, actor)


@transaction.atomic
def close(campaign: Campaign, *, actor: Actor) -> Campaign:
    """Close a campaign: its links open nothing any more, and what had not left does not leave. Raises `WrongState`."""
    held = hold(campaign, actor)
    if held.state not in {CampaignState.RUNNING, CampaignState.PAUSED}:
        raise WrongState("Cette campagne n'est pas en cours.")
    held.state, held.closed_at = CampaignState.CLOSED, clock.now()
    held.save(update_fields=["state", "closed_at"])
    held.mailings.filter(finished_at__isnull=True).update(finished_at=clock.now())
    record(Action.CLOSED, actor=actor, campaign=held.name)
    return held


@transaction.atomic
def _move(campaign: Campaign, before: CampaignState, after: CampaignState, word: Action, actor: Actor) -> Campaign:
    held = hold(campaign, actor)
    if held.state != before:
        raise WrongState("La campagne a changé d'état entre-temps : regardez où elle en est.")
    held.state = after
    held.save(update_fields=["state"])
    record(word, actor=actor, campaign=held.name)
    return held


def _check_as_shown(held: Campaign, seen: str) -> None:
    if seen and seen != mark(held):
        raise ChangedSince


def _fill(campaign: Campaign, clean: CampaignDetails) -> None:
    campaign.name, campaign.deadline = clean.name, clean.deadline
    campaign.filters = {name: value for name, value in asdict(clean.filters).items() if value}
    campaign.reminders = [day.isoformat() for day in clean.reminders]
    campaign.mail_subject, campaign.mail_text = clean.mail_subject, clean.mail_text
    campaign.letter_text = clean.letter_text
    campaign.save()
    campaign.applications.set(clean.applications)
