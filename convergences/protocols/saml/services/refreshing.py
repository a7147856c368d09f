"""Documents kept at an address are read again by the worker, and an application that is about to expire is seen."""

import datetime as dt
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from convergences.audit.services import SYSTEM, About, record
from convergences.foundations import clock
from convergences.protocols.saml.actions import Action
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.metadata_in import Described
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.services import comparing, registration

log = structlog.get_logger(__name__)

EVERY = dt.timedelta(hours=6)
LONGEST_ERROR = 300


def refresh_due() -> int:
    """Read again each document whose time has come; return how many changed.

    One that cannot be read, that names another application or that wants an engineer's word (`comparing.weaker`)
    leaves what is known as it is, and says so.
    """
    due = ServiceProvider.objects.exclude(metadata_url="").filter(
        Q(read_at__lt=clock.now() - EVERY) | Q(expires_at__lt=clock.now() + EVERY, read_at__lt=clock.now() - EVERY / 6)
    )
    return sum(_refresh(provider) for provider in due.select_related("application"))


def _refresh(provider: ServiceProvider) -> bool:
    try:
        fields = _read(provider)
    except InvalidProvider as refusal:
        _not_read(provider, refusal.sentence.removeprefix("metadata : "))
        return False
    except Exception:  # a fault of ours over one document keeps no other from being read
        log.exception("saml.metadata_broke", application=provider.application.slug)
        _not_read(provider, "un problème est survenu de notre côté.")
        return False
    changes = comparing.changed(Described.of(provider.described), Described.of(fields["described"]))
    changed = bool(fields["metadata"] != provider.metadata)
    with transaction.atomic():
        kept = _as_it_was(provider).update(read_at=clock.now(), read_error="", **fields)
        if changed and kept:
            about = About(application=provider.application.slug)
            record(Action.METADATA_READ, actor=SYSTEM, about=about, fields=changes)
    return changed and bool(kept)


def _read(provider: ServiceProvider) -> dict[str, Any]:
    fields = registration.of_document(registration.fetched(provider.metadata_url))
    if fields["entity_id"] != provider.entity_id:
        raise registration.refuse("metadata", "le document est devenu celui d’une autre application")
    if found := comparing.weaker(Described.of(provider.described), Described.of(fields["described"])):
        asked = f"{found}. Vérifiez-le avec son ingénieur, puis enregistrez de nouveau le raccordement"
        raise registration.refuse("metadata", asked)
    return fields


def _not_read(provider: ServiceProvider, sentence: str) -> None:
    log.warning("saml.metadata_not_read", application=provider.application.slug, error=sentence)
    _as_it_was(provider).update(read_at=clock.now(), read_error=sentence[:LONGEST_ERROR])


def _as_it_was(provider: ServiceProvider) -> QuerySet[ServiceProvider]:
    """Return its row, unless an engineer changed it meanwhile: what they withdrew must not come back."""
    return ServiceProvider.objects.filter(pk=provider.pk, updated_at=provider.updated_at)
