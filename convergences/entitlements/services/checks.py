"""What every act on a right checks first, on facts read anew within the transaction."""

import datetime as dt

from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements import rules
from convergences.entitlements.errors import DatesInDisorder, MembershipOver, NotManaged, UnknownRole
from convergences.entitlements.standing import Standing, standings
from convergences.entitlements.terms import Terms


def locked(membership: Membership) -> Membership:
    """Return the membership as it is now, locked to the end of the transaction: its rights change one act at a time."""
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("agent", "organization")
    return rows.get(pk=membership.pk)


def managed(membership: Membership, giver: Agent | None) -> None:
    """Raise `NotManaged` unless the giver may decide of this membership's rights."""
    if not rules.may_grant(giver, membership):
        raise NotManaged


def present(membership: Membership, today: dt.date) -> None:
    """Raise `MembershipOver` when the agent has left."""
    if rules.is_over(membership, today):
        raise MembershipOver(membership.full_name)


def accepted(application: Application, terms: Terms, *, today: dt.date) -> Terms:
    """Return the terms with roles in order; raise `UnknownRole` or `DatesInDisorder`."""
    roles = rules.known_roles(application, terms.roles)
    if roles is None:
        raise UnknownRole(application)
    if terms.ends_on is not None and terms.ends_on < today:
        raise DatesInDisorder(application, today)
    return Terms(roles=roles, ends_on=terms.ends_on, reason=terms.reason.strip())


def unobstructed(membership: Membership, application: Application, *, giver: Agent | None, today: dt.date) -> Standing:
    """Return the standing of the membership with the application; raise the refusal that its table names."""
    [standing] = standings(membership, today=today, applications=Application.objects.filter(pk=application.pk))
    found = rules.obstacle(standing, operator=giver is None)
    if found:
        raise found.refusal(found.sentence, application=application)
    return standing
