"""What can serve no more is forgotten: codes that are spent or late, and passes of visits that are over."""

import datetime as dt

from convergences.protocols.forward_auth import lifetimes
from convergences.protocols.forward_auth.models import HopCode, Pass


def forget_expired(now: dt.datetime) -> int:
    """Delete them; return how many."""
    hops, _of_each = HopCode.objects.filter(expires_at__lt=now - lifetimes.REMEMBERED).delete()
    passes, _of_each = Pass.objects.filter(visit__end_requested_at__isnull=False).delete()
    return hops + passes
