"""A signed proof is good once: it is remembered until it expires by itself (RFC 7523, section 3; RFC 9449, 11.1)."""

import datetime as dt

from django.db import IntegrityError, transaction

from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import UsedProof


def use_once(kind: str, owner: str, name: str, *, until: dt.datetime) -> bool:
    """Remember a proof; tell whether it was never shown. Of two at the same instant, the unique index keeps one.

    `owner` is whose key signed it: nobody can use up the names of somebody else.
    """
    shown = digest("\n".join((kind, digest(owner), digest(name))))
    try:
        with transaction.atomic():
            UsedProof.objects.create(digest=shown, expires_at=until)
    except IntegrityError:
        return False
    return True
