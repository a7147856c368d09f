"""The secret links by which an autorité territoriale answers: given in a mail, kept as digests, revocable."""

import datetime as dt
import secrets

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.campaigns.actions import Action
from convergences.campaigns.errors import DeadLink
from convergences.campaigns.models import Campaign, CampaignState, Invitation, InvitationState, Link
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.foundations import clock
from convergences.foundations.sealing import digest

AFTER_DEADLINE = dt.timedelta(days=60)  # a late answer is better than none; the campaign's end closes the door
TOKEN_BYTES = 32


def issue(invitation: Invitation) -> str:
    """Return a new link's secret, in the current transaction; those of the earlier mails still open."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.now()
    expires_at = _end(invitation.campaign)
    Link.objects.create(invitation=invitation, digest=digest(token), created_at=now, expires_at=expires_at)
    return token


def prolong(campaign: Campaign) -> None:
    """Let the links that still open follow a deadline that was put off, in the current transaction."""
    end = _end(campaign)
    living = Link.objects.filter(
        invitation__campaign=campaign, revoked_at__isnull=True, expires_at__gt=clock.now(), expires_at__lt=end
    )
    living.update(expires_at=end)


def _end(campaign: Campaign) -> dt.datetime:
    return dt.datetime.combine(campaign.deadline + AFTER_DEADLINE, dt.time.max, tzinfo=clock.PARIS)


def find(token: str) -> Invitation:
    """Return the invitation that a link opens, with its campaign and employer; raises `DeadLink`.

    Nothing is written: scanners of mail open links before people do.
    """
    living = Link.objects.filter(
        digest=digest(token),
        revoked_at__isnull=True,
        expires_at__gt=clock.now(),
        invitation__campaign__state__in=(CampaignState.RUNNING, CampaignState.PAUSED),
        invitation__organization__active=True,
    ).exclude(invitation__state=InvitationState.WITHDRAWN)
    link = living.select_related("invitation__campaign", "invitation__organization").first()
    if link is None:
        raise DeadLink
    return link.invitation


@transaction.atomic
def revoke(invitation: Invitation, *, actor: Actor) -> int:
    """Close every link of an employer, sent to the wrong person; return how many. Raises `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    revoked = invitation.links.filter(revoked_at__isnull=True).update(revoked_at=clock.now())
    about = About(organization_id=invitation.organization_id)
    record(Action.LINKS_REVOKED, actor=actor, about=about, reference=invitation.reference, number=revoked)
    return revoked
