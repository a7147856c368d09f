"""An engineer connects an application: its client is created, or brought to what the description says."""

import contextlib
import datetime as dt
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, transaction

from convergences.admission.models import Visit
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import addresses, queries, subjects
from convergences.protocols.oidc import metadata as description
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.models import Client, Sector
from convergences.protocols.oidc.services import browser_origins
from convergences.web.panels.descriptions import write_changes

HANDLE = 12
_SECRETS = ("secret_digests", "secret_days")


@dataclass(frozen=True, slots=True)
class Defined:
    """A client as it now is, whether it is new, and the names of the fields that changed."""

    client: Client
    created: bool
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret as an engineer may see it: the start of its digest, the day it was made, the last day it served."""

    handle: str
    since: dt.date | None
    served: dt.date | None


def define(application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> Defined:
    """Create or change the client of an application; `metadata` bears the names of RFC 7591.

    `client_secret` is a text, or a list of two while one replaces the other; only digests are kept, and a description
    without any leaves those that are there. Doing it again with the same description changes nothing. Raises
    `InvalidClientMetadata`, whose `field` is the name at fault.
    """
    check(application, metadata)
    return bring(application, metadata, actor=actor)


def check(application: Application, metadata: Mapping[str, Any]) -> None:
    """Raise what `define` would of a description, the application's own server asked; call it outside a transaction."""
    addresses.check(queries.client_of(application.pk), description.read(metadata, has_secret=True))


@transaction.atomic
def bring(application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> Defined:
    """Create or change the client, once `check` has passed the same description: this speaks to nobody."""
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
    fields["secret_days"] = _days(client, fields["secret_digests"])
    fields["sector"] = _sector(client, fields)
    return fields


def _days(client: Client | None, digests: list[str]) -> dict[str, dict[str, str]]:
    """Return the days of these secrets: known of those that stay, today's of those that come."""
    present = client.secret_digests if client is not None else []
    known: dict[str, dict[str, str]] = client.secret_days if client is not None else {}
    fresh = {each: {"since": clock.today().isoformat()} for each in digests if each not in present}
    return {each: days for each, days in known.items() if each in digests} | fresh


def _sector(client: Client | None, fields: dict[str, Any]) -> Sector | None:
    """Return the sector of pairwise subjects: that by which agents came, whatever addresses came since (rule 5)."""
    has_visits = client is not None and _has_visits(client)
    if client is not None and client.subject_type != fields["subject_type"] and has_visits:
        raise description.refuse(
            "subject_type", "des agents sont déjà entrés ; le changer leur ferait perdre leur compte"
        )
    if fields["subject_type"] != "pairwise":
        return None
    if client is not None and client.sector is not None and has_visits:
        return client.sector
    return subjects.sector_for(fields["redirect_uris"], fields["sector_identifier_uri"])


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
    return Defined(client, created=True, changed=tuple(name for name in fields if name != "secret_days"))


def _change(client: Client, fields: dict[str, Any], actor: Actor) -> Defined:
    changed = write_changes(client, fields)
    if not changed:
        return Defined(client, created=False, changed=())
    browser_origins.keep(client)
    about = About(application=client.application.slug)
    if "secret_digests" in changed:
        record(Action.SECRET_CHANGED, actor=actor, about=about, client_id=client.client_id)
    if named := [name for name in changed if name not in _SECRETS]:
        record(Action.CLIENT_CHANGED, actor=actor, about=about, client_id=client.client_id, fields=named)
    return Defined(client, created=False, changed=tuple(name for name in changed if name != "secret_days"))


def secrets_of(client: Client) -> list[Kept]:
    """Return the secrets of a client, the eldest first."""
    kept = [_kept(each, client.secret_days.get(each, {})) for each in client.secret_digests]
    return sorted(kept, key=lambda each: (each.since or dt.date.min, each.handle))


def _kept(known: str, days: Mapping[str, str]) -> Kept:
    since, served = (dt.date.fromisoformat(days[name]) if name in days else None for name in ("since", "served"))
    return Kept(known[:HANDLE], since=since, served=served)


@transaction.atomic
def add_secret(client: Client, *, actor: Actor) -> str:
    """Draw a secret beside the one there, and return it in clear, for the only time.

    Raises `InvalidClientMetadata` when there are two already, or when this client proves who it is otherwise.
    """
    digests = _locked_digests(client)
    if client.token_endpoint_auth_method in description.WITHOUT_SECRET:
        raise description.refuse("client_secret", description.WITHOUT_SECRET[client.token_endpoint_auth_method])
    if len(digests) >= description.SECRETS_DURING_ROLLOVER:
        raise description.refuse("client_secret", "deux secrets au plus ; retirez d’abord celui qui ne sert plus")
    clear = random.token_urlsafe(32)
    _keep_secrets(client, [*digests, digest(clear)], Action.SECRET_ADDED, actor)
    return clear


@transaction.atomic
def remove_secret(client: Client, handle: str, *, actor: Actor) -> None:
    """Remove the secret of this handle; raises `InvalidClientMetadata` for one that is not there, or is the last."""
    digests = _locked_digests(client)
    staying = [each for each in digests if each[:HANDLE] != handle]
    if len(staying) == len(digests):
        raise description.refuse("client_secret", "ce secret n’est plus là")
    if not staying:
        raise description.refuse("client_secret", "c’est le seul secret ; ajoutez d’abord celui qui le remplace")
    _keep_secrets(client, staying, Action.SECRET_REMOVED, actor)


def _locked_digests(client: Client) -> list[str]:
    locked = Client.objects.select_for_update().get(pk=client.pk)
    for name in (*_SECRETS, "token_endpoint_auth_method"):
        setattr(client, name, getattr(locked, name))
    return list(locked.secret_digests)


def _keep_secrets(client: Client, digests: list[str], word: Action, actor: Actor) -> None:
    client.secret_days = _days(client, digests)
    client.secret_digests = sorted(digests)
    client.updated_at = clock.now()
    client.save(update_fields=[*_SECRETS, "updated_at"])
    record(word, actor=actor, about=About(application=client.application.slug), client_id=client.client_id)


def note_served(client: Client, known: str) -> None:
    """Write that a secret, by its digest, served today: once a day, so that authenticating writes nothing else.

    Nothing is written if the secrets changed since this client was read, nor if the database is busy: the next
    authentication will say it.
    """
    today = clock.today().isoformat()
    days = client.secret_days.get(known, {})
    if days.get("served") == today:
        return
    client.secret_days = {**client.secret_days, known: {**days, "served": today}}
    with contextlib.suppress(OperationalError), transaction.atomic():
        as_read = Client.objects.filter(pk=client.pk, secret_digests=client.secret_digests)
        as_read.update(secret_days=client.secret_days)
