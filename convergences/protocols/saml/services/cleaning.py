"""What can serve no more is forgotten: statements of visits that are over, messages too old to be followed again."""

import datetime as dt

from convergences.protocols.saml import lifetimes
from convergences.protocols.saml.models import SeenMessage, Statement


def forget_expired(now: dt.datetime) -> int:
    """Delete them; return how many. A request is too old to be answered again before its statement goes."""
    old = now - lifetimes.UNDER_WAY - lifetimes.REQUEST - 2 * lifetimes.SKEW
    statements, _of_each = Statement.objects.filter(visit__ended_at__lt=old, given_at__lt=old).delete()
    messages, _of_each = SeenMessage.objects.filter(expires_at__lt=now).delete()
    return statements + messages
