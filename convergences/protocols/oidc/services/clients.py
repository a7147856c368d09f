"""An engineer connects an application: its client is created, or brought to what the description says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from convergences.admission.models import Visit
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import metadata as description
from convergences.protocols.oidc import subjects
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.models import Client, Sector
from convergences.protocols.oidc.services import browser_origins


@dataclass(frozen=True, slots=True)
class Defined:
    """A client as it now is, whether it is new, and the names of the fields that changed."""

    client: Client
    created: bool
    changed: tuple[str, ...]


def define(application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> Defined:
    """Create or change the client of an application; `metadata` bears the names of RFC 7591.

    `client_secret` is a text, or a list of two while one replaces the other; only digests are kept, and a description
    without any leaves those that are there. Doing it again with the same description changes nothing. Raises
    `InvalidClientMetadata`, whose `field` is the name at fault.
    """
    with transaction.atomic():
        client = Client.objects.select_for_update().filter(application=application).first()
        fields = _fields(client, metadata)
        _refuse_taken(fields["client_id"], application)
        if client is None:
            return _create(application, fields, actor)
        return _change(client, fields, actor)


def _fields(client: Client | None, metadata: Mapping[str, Any]) -> dict[str, Any]:
    present = client.secret_digests if client is not None else []
    fields = description.read(metadata, has_secret=bool(present))
    secrets = fields.pop("client_secret")
    without = fields["token_endpoint_auth_method"] in description.WITHOUT_SECRET
    # Order has no meaning; and a digest is all that a plan or the journal could ever show of a secret.
    fields["secret_digests"] = sorted(map(digest, secrets)) if secrets or without else present
    fields["sector"] = _sector(client, fields)
    return fields


def _sector(client: Client | None, fields: dict[str, Any]) -> Sector | None:
    """Return the sector of pairwise subjects: that of the first description, whatever addresses came since (rule 5)."""
    if client is not None and client.subject_type != fields["subject_type"] and _has_visits(client):
        raise description.refuse(
            "subject_type", "des agents sont déjà entrés ; le changer leur ferait perdre leur compte"
        )
    if fields["subject_type"] != "pairwise":
        return None
    if client is not None and client.sector is not None:
        return client.sector
    return subjects.sector_for(fields["redirect_uris"])


def _has_visits(client: Client) -> bool:
    return Visit.objects.filter(application=client.application_id, protocol=Protocol.OIDC).exists()


def _refuse_taken(client_id: str, application: Application) -> None:
    # An agent's subject is refused too: in `sub`, a machine would pass for that agent (RFC 9068, section 5).
    of_an_agent = Agent.objects.filter(subject=client_id).exists()
    if of_an_agent or Client.objects.filter(client_id=client_id).exclude(application=application).exists():
        raise description.refuse("client_id", "cet identifiant est déjà celui d’une autre application")


def _create(application: Application, fields: dict[str, Any], actor: Actor) -> Defined:
    now = clock.now()
    client = Client.objects.create(application=application, created_at=now, updated_at=now, **fields)
    browser_origins.keep(client)
    record(Action.CLIENT_CREATED, actor=actor, about=About(application=application.slug), client_id=client.client_id)
    return Defined(client, created=True, changed=tuple(fields))


def _change(client: Client, fields: dict[str, Any], actor: Actor) -> Defined:
    changed = tuple(name for name, value in fields.items() if getattr(client, name) != value)
    if not changed:
        return Defined(client, created=False, changed=())
    for name in changed:
        setattr(client, name, fields[name])
    client.updated_at = clock.now()
    client.save(update_fields=[*changed, "updated_at"])
    browser_origins.keep(client)
    about = About(application=client.application.slug)
    if "secret_digests" in changed:
        record(Action.SECRET_CHANGED, actor=actor, about=about, client_id=client.client_id)
    if named := [name for name in changed if name != "secret_digests"]:
        record(Action.CLIENT_CHANGED, actor=actor, about=about, client_id=client.client_id, fields=named)
    return Defined(client, created=False, changed=changed)
