"""Renewing the key that signs, and taking away one that leaked: journaled."""

import datetime as dt

from django.db import transaction

from convergences.audit.services import Actor, record
from convergences.protocols.saml import certificates, lifetimes
from convergences.protocols.saml.actions import Action
from convergences.protocols.saml.models import SigningCertificate


def renew(*, overlap: dt.timedelta = lifetimes.KEY_OVERLAP, actor: Actor) -> SigningCertificate:
    """Make the next key, published now, which signs after the overlap: applications have that long to read it."""
    return _act(Action.KEY_ROTATED, overlap, actor, withdraw=False)


def withdraw(*, actor: Actor) -> SigningCertificate:
    """Sign by a new key at once and publish no other: applications refuse us until they have read it."""
    return _act(Action.KEY_WITHDRAWN, dt.timedelta(0), actor, withdraw=True)


def _act(word: Action, overlap: dt.timedelta, actor: Actor, *, withdraw: bool) -> SigningCertificate:
    with transaction.atomic():
        row = certificates.rotate(overlap=overlap, withdraw=withdraw)
        record(word, actor=actor, fingerprint=row.fingerprint, signs_from=row.signs_from.isoformat())
    return row
