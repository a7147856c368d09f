"""Renewing the keys that sign, and taking away one that leaked: the same act, journaled alike, from any door.

The keys are of the ground, which knows nothing of the journal; whoever acts on them passes here.
"""

import datetime as dt

from django.db import transaction

from convergences.audit.actions import Action
from convergences.audit.services import Actor, record
from convergences.foundations import keys
from convergences.foundations.models import SigningKey


def renew(algorithm: str, *, overlap: dt.timedelta = keys.OVERLAP, actor: Actor) -> SigningKey:
    """Create the next key, which signs after the overlap; raises `ValueError` for an unknown algorithm."""
    return _act(Action.KEY_ROTATED, algorithm, overlap=overlap, withdraw=False, actor=actor)


def withdraw(algorithm: str, *, actor: Actor) -> SigningKey:
    """Sign by a new key at once and publish no other; raises `ValueError` for an unknown algorithm."""
    return _act(Action.KEY_WITHDRAWN, algorithm, overlap=keys.OVERLAP, withdraw=True, actor=actor)


def _act(word: Action, algorithm: str, *, overlap: dt.timedelta, withdraw: bool, actor: Actor) -> SigningKey:
    with transaction.atomic():
        key = keys.rotate(algorithm, overlap=overlap, withdraw=withdraw)
        record(word, actor=actor, algorithm=algorithm, kid=key.kid, signs_from=key.signs_from.isoformat())
    return key
