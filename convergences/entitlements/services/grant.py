"""Giving a right."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements.actions import Action
from convergences.entitlements.errors import AlreadyGranted
from convergences.entitlements.models import Entitlement
from convergences.entitlements.rules import role_names
from convergences.entitlements.services import checks, register
from convergences.entitlements.services.expiry import close_spent
from convergences.entitlements.services.register import Giving
from convergences.entitlements.services.telling import tell
from convergences.entitlements.standing import Standing
from convergences.entitlements.terms import Act, Change, Terms
from convergences.foundations import clock


@transaction.atomic
def grant(
    membership: Membership, application: Application, *, terms: Terms, giver: Agent | None, actor: Actor
) -> Entitlement:
    """Give the agent of this membership a right, from today, and tell them by mail.

    `giver` is the agent on whose authority; None: the operator, bound by subscriptions and seats alone. Raises
    `NotManaged`, `MembershipOver`, `ApplicationClosed`, `NotSubscribed`, `NotOpenYet`, `NoSeat`, `UnknownRole`,
    `DatesInDisorder`, or `AlreadyGranted` when there is a current right to change instead.
    """
    membership = checks.locked(membership)
    checks.managed(membership, giver)
    right, change = give(membership, application, terms, giving=Giving(giver, actor))
    tell(membership, [change], by=giver)
    return right


def give(
    membership: Membership, application: Application, terms: Terms, *, giving: Giving
) -> tuple[Entitlement, Change]:
    """Give a right without telling the agent: for acts that tell once for several. The giver is already checked."""
    today = clock.today()
    checks.present(membership, today)
    terms = checks.accepted(application, terms, today=today)
    close_spent(membership.organization_id, application.pk, today=today)
    standing = checks.unobstructed(membership, application, giver=giving.giver, today=today)
    if standing.held:
        raise AlreadyGranted(application)
    right = register.drafted(membership, application, terms, giving=giving)
    register.open_right(right, seats=standing.offer.seat_limit(today))
    register.journal(Action.RIGHT_GRANTED, right, actor=giving.actor, reason=right.reason)
    return right, told_of(Act.GRANTED, right, standing)


def told_of(act: Act, right: Entitlement, standing: Standing) -> Change:
    """Return what the agent is told of a right given or changed."""
    return Change(
        act=act,
        application=right.application,
        roles=role_names(right.application, right.roles),
        ends_on=right.ends_on,
        opens_on=None if standing.offer.has_opened(standing.today) else standing.offer.opens_on,
    )
