"""Documents kept at an address are read again by the worker, and an application that is about to expire is seen."""

import datetime as dt

import structlog
from django.db import transaction
from django.db.models import Q

from convergences.audit.services import SYSTEM, About, record
from convergences.foundations import clock
from convergences.protocols.saml.actions import Action
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.services import registration

log = structlog.get_logger(__name__)

EVERY = dt.timedelta(hours=6)
LONGEST_ERROR = 300


def refresh_due() -> int:
    """Read again each document whose time has come; return how many changed.

    One that cannot be read, or that names another application, leaves what is known as it is, and says so.
    """
    due = ServiceProvider.objects.exclude(metadata_url="").filter(
        Q(read_at__lt=clock.now() - EVERY) | Q(expires_at__lt=clock.now() + EVERY, read_at__lt=clock.now() - EVERY / 6)
    )
    return sum(_refresh(provider) for provider in due.select_related("application"))


def _refresh(provider: ServiceProvider) -> bool:
    try:
        fields = registration.of_document(registration.fetched(provider.metadata_url))
        if fields["entity_id"] != provider.entity_id:
            raise registration.refuse("metadata", "le document est devenu celui d’une autre application")
    except InvalidProvider as refusal:
        log.warning("saml.metadata_not_read", application=provider.application.slug, error=refusal.sentence)
        known = ServiceProvider.objects.filter(pk=provider.pk)
        known.update(read_at=clock.now(), read_error=refusal.sentence[:LONGEST_ERROR])
        return False
    changed = bool(fields["metadata"] != provider.metadata)
    with transaction.atomic():
        known = ServiceProvider.objects.filter(pk=provider.pk)
        known.update(read_at=clock.now(), read_error="", **fields)
        if changed:
            record(Action.METADATA_READ, actor=SYSTEM, about=About(application=provider.application.slug))
    return changed
