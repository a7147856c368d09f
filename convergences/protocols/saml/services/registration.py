"""An engineer connects an application by its metadata, or brings it to what the description says."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application
from convergences.catalog.sheet import ATTRIBUTES
from convergences.foundations import clock, outbound
from convergences.protocols.saml import metadata_in, xml
from convergences.protocols.saml.actions import Action
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.models import KeptSalt, NameFormat, ServiceProvider
from convergences.web.panels import addresses
from convergences.web.panels.descriptions import Reader

MANY_ATTRIBUTES = 60
LONGEST_NAME = 200
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})
_READER = Reader(InvalidProvider)
refuse = _READER.refuse
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Defined:
    """An application as it now is, whether it is new, and the names of the fields that changed."""

    provider: ServiceProvider
    created: bool
    changed: tuple[str, ...]


def define(application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> Defined:
    """Register an application, or change what is registered; doing it again with the same description changes nothing.

    `metadata` is the document itself, or `{"url": …}`, which is read now and again by the worker; `document` beside
    `url` is what was read there already, so that nobody is asked while the database is locked. Raises
    `InvalidProvider`, whose `field` is the name at fault.
    """
    fields = _read(application, metadata)
    with transaction.atomic():
        provider = ServiceProvider.objects.select_for_update().filter(application=application).first()
        others = ServiceProvider.objects.filter(entity_id=fields["entity_id"]).exclude(application=application)
        if others.exists():
            raise refuse("metadata", "cette application (entityID) est déjà raccordée sous un autre nom")
        return _change(provider, fields, actor) if provider is not None else _create(application, fields, actor)


def _read(application: Application, given: Mapping[str, Any]) -> dict[str, Any]:
    fields = _READER.read({name: value for name, value in given.items() if name != "metadata"}, _FIELDS)
    if fields["name_id_format"] == NameFormat.EMAIL and "email" not in application.attributes:
        raise refuse("name_id_format", "l’adresse e-mail n’est pas sur la fiche de l’application")
    if unlisted := [one for one in fields["attributes"].values() if one not in application.attributes]:
        raise refuse("attributes", f"{unlisted[0]} n’est pas sur la fiche de l’application")
    return {**fields, **_document(given.get("metadata"))}


def _document(given: Any) -> dict[str, Any]:
    url = ""
    if isinstance(given, Mapping):
        if set(given) - {"document"} != {"url"}:
            raise refuse("metadata", "donnez le document, ou son adresse (url)")
        url, known = str(given["url"]), given.get("document")
        content = known if isinstance(known, bytes) else fetched(url)
    elif isinstance(given, str) and given.strip():
        content = given.encode()
    else:
        raise refuse("metadata", "donnez le document de l’application, ou son adresse")
    return {"metadata_url": url, **of_document(content)}


def of_document(content: bytes) -> dict[str, Any]:
    """Return the columns that a document of metadata fills; raises `InvalidProvider`."""
    described = metadata_in.read(content)
    until = metadata_in.parsed_instant(described.valid_until) if described.valid_until else None
    return {
        "entity_id": described.entity_id,
        "metadata": content.decode(),
        "described": described.kept(),
        "expires_at": until,
    }


def fetched(url: str) -> bytes:
    """Return the document at an address; raises `InvalidProvider`. `foundations.outbound` judges where it leads."""
    if problem := addresses.problem(url, plain=True):
        raise refuse("metadata", problem)
    try:
        answer = outbound.get(url, accept="application/samlmetadata+xml, application/xml", largest=xml.LARGEST_METADATA)
    except outbound.OutboundError as error:
        log.info("saml.metadata_not_fetched", error=str(error))
        raise refuse("metadata", _unread(error)) from error
    if answer.status in _ELSEWHERE:
        raise refuse("metadata", f"l’adresse renvoie ailleurs ({answer.status}) : donnez celle où le document se lit")
    if answer.status != HTTPStatus.OK:
        raise refuse("metadata", f"l’adresse a répondu {answer.status}")
    return answer.body


def _unread(error: outbound.OutboundError) -> str:
    if isinstance(error, outbound.Forbidden):
        return (
            "nous ne lisons que sur Internet, en https, ou sur un réseau que l’exploitant a ouvert (OUTBOUND_NETWORKS)"
        )
    return "l’adresse n’a pas répondu, ou trop lentement : vérifiez le nom de la machine et le port"


def _mapping(field: str, value: Any) -> dict[str, str]:
    given = {} if value is None else value
    if not isinstance(given, Mapping) or len(given) > MANY_ATTRIBUTES:
        raise refuse(field, f"donnez une table de {MANY_ATTRIBUTES} noms au plus")
    for name, attribute in given.items():
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise refuse(field, "un nom d’attribut est vide ou trop long")
        if attribute not in ATTRIBUTES:
            raise refuse(field, f"{attribute} est inconnu ; choisissez parmi {', '.join(ATTRIBUTES)}")
    return dict(given)


def _line(field: str, value: Any) -> str:
    text = "" if value is None else str(value)
    if len(text) > 500 or not text.isprintable():  # noqa: PLR2004 - the column's
        raise refuse(field, "500 caractères au plus, sur une ligne")
    return text


_FIELDS: dict[str, Callable[[str, Any], Any]] = {
    "name_id_format": _READER.one_of(*NameFormat.values),
    "attributes": _mapping,
    "signed_requests": _READER.boolean(),
    "encrypted_assertions": _READER.boolean(default=True),
    "idp_initiated": _READER.boolean(),
    "relay_state": _line,
}


def _create(application: Application, fields: dict[str, Any], actor: Actor) -> Defined:
    now = clock.now()
    kept = KeptSalt.objects.filter(application=application).first()
    known = {"salt": kept.salt} if kept is not None else {}
    provider = ServiceProvider.objects.create(
        application=application, created_at=now, updated_at=now, read_at=now, **known, **fields
    )
    record(Action.PROVIDER_CREATED, actor=actor, about=About(application=application.slug))
    return Defined(provider, created=True, changed=tuple(fields))


def _change(provider: ServiceProvider, fields: dict[str, Any], actor: Actor) -> Defined:
    changed = tuple(name for name, value in fields.items() if getattr(provider, name) != value)
    if not changed:
        return Defined(provider, created=False, changed=())
    now: dt.datetime = clock.now()
    for name in changed:
        setattr(provider, name, fields[name])
    provider.updated_at, provider.read_at, provider.read_error = now, now, ""
    provider.save()
    about = About(application=provider.application.slug)
    record(Action.PROVIDER_CHANGED, actor=actor, about=about, fields=[one for one in changed if one != "described"])
    return Defined(provider, created=False, changed=changed)
