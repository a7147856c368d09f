"""What these tests do again and again: give a right, limit seats, read the mail and the journal."""

import datetime as dt
import json
from typing import Any

from convergences.audit.models import AuditEvent
from convergences.audit.services import Actor
from convergences.catalog.models import Application, Opening, Subscription
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements import services
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import Terms, Wish
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from convergences.foundations.sealing import unseal
from tests.cast import LONG_AGO

OPERATOR = Actor(agent_id=None, label="convergences apply")


def acting(agent: Agent) -> Actor:
    """An agent at their browser."""
    return Actor(agent_id=agent.pk, label=agent.full_name, address="192.0.2.10", browser="Edge sur Windows")


def grant(
    membership: Membership,
    application: Application,
    *roles: str,
    by: Membership | None = None,
    ends_on: dt.date | None = None,
) -> Entitlement:
    """Give `reader` unless told otherwise, on the authority of `by` (nobody: the operator)."""
    giver = by.agent if by else None
    actor = acting(by.agent) if by else OPERATOR
    terms = Terms(roles=roles or ("reader",), ends_on=ends_on)
    return services.grant(membership, application, terms=terms, giver=giver, actor=actor)


def change(right: Entitlement, *roles: str, by: Membership, ends_on: dt.date | None = None) -> Entitlement:
    """Change a right on the authority of `by`."""
    terms = Terms(roles=roles, ends_on=ends_on)
    return services.change(right, terms=terms, giver=by.agent, actor=acting(by.agent))


def revoke(right: Entitlement, *, by: Membership, reason: str = "") -> bool:
    """Remove a right on the authority of `by`."""
    return services.revoke(right, giver=by.agent, actor=acting(by.agent), reason=reason)


def save(membership: Membership, *wishes: Wish, by: Membership, seen: str | None = None) -> list[services.Change]:
    """Save the sheet of rights on the authority of `by`."""
    return services.set_rights(membership, list(wishes), giver=by.agent, actor=acting(by.agent), seen=seen)


def wish(application: Application, *roles: str, ends_on: dt.date | None = None) -> Wish:
    """A line switched on, for `reader` unless told otherwise."""
    return Wish(application.pk, roles or ("reader",), ends_on)


def subscribe(organization: Organization, application: Application, **fields: Any) -> Subscription:
    """Write an explicit subscription, begun long ago and without end unless told otherwise."""
    base: dict[str, Any] = {"starts_on": LONG_AGO}
    return Subscription.objects.create(organization=organization, application=application, **{**base, **fields})


def opens(application: Application, organization: Organization, on: dt.date) -> Opening:
    """Write the employer's own date of opening."""
    return Opening.objects.create(application=application, organization=organization, opens_on=on)


def in_days(days: int) -> dt.date:
    """The day that comes in so many days, in Paris."""
    return clock.today() + dt.timedelta(days=days)


def rights(membership: Membership) -> list[Entitlement]:
    """The open rights of a membership, by application."""
    return list(Entitlement.objects.filter(membership=membership, closed_at__isnull=True).order_by("application_id"))


def mails() -> list[dict[str, str]]:
    """The mails that wait to leave, oldest first: kind, recipient, subject, text, html."""
    rows = OutboxMessage.objects.order_by("pk")
    return [
        {"kind": row.kind, "recipient": row.recipient, **json.loads(unseal(row.sealed_content, use="outbox"))}
        for row in rows
    ]


def journal() -> list[AuditEvent]:
    """The events about rights, oldest first."""
    return list(AuditEvent.objects.filter(action__startswith="entitlements.").order_by("pk"))


def words() -> list[str]:
    """The words of those events, without the room."""
    return [event.action.removeprefix("entitlements.") for event in journal()]
