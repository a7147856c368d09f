"""An engineer connects an application: it is registered, or brought to what the description says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.protocols.cas import metadata as description
from convergences.protocols.cas.actions import Action
from convergences.protocols.cas.models import RegisteredService, ServiceAddress, UserName
from convergences.web.panels.descriptions import write_changes


@dataclass(frozen=True, slots=True)
class Defined:
    """An application as it now is, whether it is new, and the names of the fields that changed."""

    service: RegisteredService
    created: bool
    changed: tuple[str, ...]


def define(application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> Defined:
    """Register an application, or change what is registered; doing it again with the same description changes nothing.

    Raises `InvalidService`, whose `field` is the name at fault: an address is one application's only.
    """
    fields = description.read(metadata)
    if fields["user"] == UserName.EMAIL and "email" not in application.attributes:
        raise description.refuse("user", "l’adresse e-mail n’est pas sur la fiche ; ajoutez-la, ou choisissez subject")
    with transaction.atomic():
        service = RegisteredService.objects.select_for_update().filter(application=application).first()
        _refuse_taken(fields["services"], application)
        return _change(service, fields, actor) if service is not None else _create(application, fields, actor)


def _refuse_taken(patterns: list[str], application: Application) -> None:
    others = ServiceAddress.objects.exclude(service__application=application)
    taken = others.filter(pattern__in=patterns).values_list("pattern", flat=True).first()
    if taken is not None:
        raise description.refuse("services", f"{taken} est déjà l’adresse d’une autre application")


def _create(application: Application, fields: dict[str, Any], actor: Actor) -> Defined:
    now = clock.now()
    service = RegisteredService.objects.create(application=application, created_at=now, updated_at=now, **fields)
    _write_addresses(service)
    record(Action.SERVICE_CREATED, actor=actor, about=About(application=application.slug))
    return Defined(service, created=True, changed=tuple(fields))


def _change(service: RegisteredService, fields: dict[str, Any], actor: Actor) -> Defined:
    changed = write_changes(service, fields)
    if changed:
        _write_addresses(service)
        about = About(application=service.application.slug)
        record(Action.SERVICE_CHANGED, actor=actor, about=about, fields=list(changed))
    return Defined(service, created=False, changed=changed)


def _write_addresses(service: RegisteredService) -> None:
    service.addresses.exclude(pattern__in=service.services).delete()
    known = set(service.addresses.values_list("pattern", flat=True))
    missing = [pattern for pattern in service.services if pattern not in known]
    ServiceAddress.objects.bulk_create([ServiceAddress(service=service, pattern=pattern) for pattern in missing])
