"""Reading two employers about to become one. Nothing here writes."""

import datetime as dt

from django.db.models import QuerySet

from convergences.directory.models import Membership, Organization


def people(absorbed: Organization) -> QuerySet[Membership]:
    """Return the attachments that a fusion moves: all that are not closed, in one order."""
    rows = Membership.objects.filter(organization=absorbed, closed_at__isnull=True)
    return rows.select_related("agent").order_by("pk")


def already_there(absorbed: Organization, remaining: Organization) -> QuerySet[Membership]:
    """Return the remaining employer's own attachments of agents of the other: those go on."""
    agents = Membership.objects.filter(organization=absorbed, closed_at__isnull=True).values("agent_id")
    rows = Membership.objects.filter(organization=remaining, closed_at__isnull=True, agent__in=agents)
    return rows.select_related("agent").order_by("pk")


def serves(member: Membership, today: dt.date) -> bool:
    """The attachment is accepted, and the day is within its dates: it counts, unless its employer suspended it."""
    ended = member.ends_on is not None and member.ends_on < today
    return member.confirmed_at is not None and member.starts_on <= today and not ended
