"""How a file says that an application is connected: one line for each protocol served.

A block is judged by the protocol's own room, name by name. Here is only what files add: where a secret or a document
is, what the plan shows of a change, and what is asked of the application itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Model

from convergences.catalog.models import Application
from convergences.foundations.errors import Refusal
from convergences.foundations.sealing import digest
from convergences.protocols.cas import metadata as cas_metadata
from convergences.protocols.cas import queries as cas
from convergences.protocols.cas.errors import InvalidService
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.cas.services import registration as cas_registration
from convergences.protocols.cas.services import removal as cas_removal
from convergences.protocols.forward_auth import queries as gates
from convergences.protocols.forward_auth.errors import InvalidGate
from convergences.protocols.forward_auth.models import Gate
from convergences.protocols.forward_auth.services import registration as gate_registration
from convergences.protocols.forward_auth.services import removal as gate_removal
from convergences.protocols.oidc import metadata as oidc_metadata
from convergences.protocols.oidc import queries as oidc
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import clients
from convergences.protocols.oidc.services import removal as oidc_removal
from convergences.protocols.saml import queries as saml
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.panel import removal as saml_removal
from convergences.protocols.saml.services import registration as saml_registration

Description = dict[str, Any]
LARGEST_DOCUMENT = 2_000_000


def _as_is(_row: Any, _application: Application, description: Description) -> Description:
    return description


@dataclass(frozen=True, slots=True)
class Way:
    """One protocol. `kind` is the plan's word; `row` the table that points to the application.

    `described` gives a row as `bring` reads it, `shown` as the plan compares it, `name` how the plan calls it. `asked`
    asks the application what its description names, outside of any transaction, given the present row or None.
    `secrets` and `files` are the names whose value may be kept elsewhere.
    """

    kind: str
    row: type[Model]
    described: Callable[[Any], Description]
    shown: Callable[[Any], Description]
    name: Callable[[Any], str]
    bring: Callable[..., Any]
    remove: Callable[..., bool]
    refusal: type[Refusal]
    asked: Callable[[Any, Application, Description], Description] = _as_is
    secrets: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    def of(self, application_id: int | None) -> Any:
        """Return how an application is connected, or None."""
        rows: Any = self.row._default_manager  # noqa: SLF001 - Django's documented name
        return rows.filter(application_id=application_id).first() if application_id else None


def _columns(names: Mapping[str, Any], row: type[Model]) -> Callable[[Any], Description]:
    held = tuple(name for name in names if hasattr(row, name))
    return lambda found: {name: getattr(found, name) for name in held}


def _asked_of_client(row: Client | None, application: Application, description: Description) -> Description:
    clients.check(row.application if row else application, description)
    return description


def _asked_of_provider(row: ServiceProvider | None, _application: Application, description: Description) -> Description:
    """Read a document where it is published, unless it is the one known already: the worker reads that one again."""
    given = description.get("metadata")
    if not isinstance(given, dict) or set(given) != {"url"}:
        return description
    known = row is not None and row.metadata_url == given["url"]
    document = row.metadata.encode() if row is not None and known else saml_registration.fetched(str(given["url"]))
    return {**description, "metadata": {**given, "document": document}}


def _shown_provider(row: ServiceProvider) -> Description:
    # A document of several screens is not a line of a plan: its digest says that it changed.
    document = f"{row.entity_id} (empreinte {digest(row.metadata)[:12]})"
    return {
        "metadata": row.metadata_url or document,
        "name_id_format": row.name_id_format,
        "attributes": [f"{name} = {attribute}" for name, attribute in row.attributes.items()],
        "signed_requests": row.signed_requests,
        "encrypted_assertions": row.encrypted_assertions,
        "idp_initiated": row.idp_initiated,
        "relay_state": row.relay_state,
    }


def document(folder: Path, name: str) -> str:
    """Return the text of a file named by another, of that folder; raises `ValueError` with the remedy."""
    try:
        path = folder / name
        if path.stat().st_size > LARGEST_DOCUMENT:
            raise ValueError(f"le fichier {name} est trop gros")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"le fichier {name} ne peut pas être lu : vérifiez son chemin et ses droits") from error


WAYS: dict[str, Way] = {
    "oidc": Way(
        kind="client",
        row=Client,
        described=oidc.metadata_of,
        shown=_columns(oidc_metadata.FIELDS, Client),
        name=lambda row: str(row.client_id),
        asked=_asked_of_client,
        bring=clients.bring,
        remove=oidc_removal.remove,
        refusal=InvalidClientMetadata,
        secrets=frozenset({"client_secret"}),
    ),
    "saml": Way(
        kind="provider",
        row=ServiceProvider,
        described=saml.metadata_of,
        shown=_shown_provider,
        name=str,
        asked=_asked_of_provider,
        bring=saml_registration.define,
        remove=saml_removal.remove,
        refusal=InvalidProvider,
        files=frozenset({"metadata"}),
    ),
    "cas": Way(
        kind="service",
        row=RegisteredService,
        described=cas.metadata_of,
        shown=_columns(cas_metadata.FIELDS, RegisteredService),
        name=lambda row: ", ".join(row.services),
        bring=cas_registration.define,
        remove=cas_removal.remove,
        refusal=InvalidService,
    ),
    "gate": Way(
        kind="gate",
        row=Gate,
        described=gates.metadata_of,
        shown=gates.metadata_of,
        name=lambda row: ", ".join(row.hosts),
        bring=gate_registration.define,
        remove=gate_removal.remove,
        refusal=InvalidGate,
    ),
}
