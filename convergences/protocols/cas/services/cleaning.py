"""What can serve no more is forgotten: tickets that nobody came for, and those of visits that are over."""

import datetime as dt

from django.db.models import Q

from convergences.protocols.cas import lifetimes
from convergences.protocols.cas.models import ProxyGrant, Ticket


def forget_expired(now: dt.datetime) -> int:
    """Delete them; return how many."""
    old = Ticket.objects.filter(expires_at__lt=now - lifetimes.REMEMBERED)
    tickets, _of_each = old.filter(Q(used_at__isnull=True) | Q(visit__ended_at__isnull=False)).delete()
    grants, _of_each = ProxyGrant.objects.filter(visit__ended_at__isnull=False).delete()
    return tickets + grants
