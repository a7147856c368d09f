"""An engineer connects an application: it is registered, or brought to what the description says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http.request import split_domain_port, validate_host

from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.protocols.forward_auth import addresses
from convergences.protocols.forward_auth import metadata as description
from convergences.protocols.forward_auth.actions import Action
from convergences.protocols.forward_auth.models import Gate, GateAddress
from convergences.web.panels.descriptions import write_changes


@dataclass(frozen=True, slots=True)
class Defined:
    """An application as it now is, whether it is new, and the names of the fields that changed."""

    gate: Gate
    created: bool
    changed: tuple[str, ...]


def define(application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> Defined:
    """Register an application, or change what is registered; doing it again with the same description changes nothing.

    Raises `InvalidGate`, whose `field` is the name at fault: a prefix of a host is one application's only, and no host
    of the portal is an application's.
    """
    fields = description.read(metadata)
    _refuse_ours(fields["hosts"])
    with transaction.atomic():
        gate = Gate.objects.select_for_update().filter(application=application).first()
        _refuse_taken(fields, application)
        return _change(gate, fields, actor) if gate is not None else _create(application, fields, actor)


def _refuse_ours(hosts: list[str]) -> None:
    portal = urlsplit(settings.BASE_URL).netloc.lower()
    for host in hosts:
        domain, _port = split_domain_port(host)
        # The same name on another port is another origin, but not to a cookie: allowed for who tries on one machine.
        if host == portal or (domain not in _LOOPBACK and validate_host(domain, settings.ALLOWED_HOSTS)):
            raise description.refuse("hosts", f"{host} est un nom du portail lui-même")


def _refuse_taken(fields: dict[str, Any], application: Application) -> None:
    others = GateAddress.objects.exclude(gate__application=application).filter(host__in=fields["hosts"])
    wanted = {addresses.alike(path) for path in fields["paths"] or ["/"]}
    taken = next((line for line in others if addresses.alike(line.path) in wanted), None)
    if taken is not None:
        field = "paths" if fields["paths"] else "hosts"
        raise description.refuse(field, f"{taken} est déjà l’adresse d’une autre application")


def _create(application: Application, fields: dict[str, Any], actor: Actor) -> Defined:
    now = clock.now()
    gate = Gate.objects.create(application=application, created_at=now, updated_at=now, **fields)
    _write_addresses(gate)
    record(Action.GATE_CREATED, actor=actor, about=About(application=application.slug))
    return Defined(gate, created=True, changed=tuple(fields))


def _change(gate: Gate, fields: dict[str, Any], actor: Actor) -> Defined:
    changed = write_changes(gate, fields)
    if changed:
        _write_addresses(gate)
        about = About(application=gate.application.slug)
        record(Action.GATE_CHANGED, actor=actor, about=about, fields=list(changed))
    return Defined(gate, created=False, changed=changed)


def _write_addresses(gate: Gate) -> None:
    wanted = {(host, path) for host in gate.hosts for path in gate.paths or ["/"]}
    known = {(line.host, line.path): line.pk for line in gate.addresses.all()}
    gate.addresses.filter(pk__in=[key for each, key in known.items() if each not in wanted]).delete()
    missing = sorted(wanted - known.keys())
    GateAddress.objects.bulk_create([GateAddress(gate=gate, host=host, path=path) for host, path in missing])


_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
