"""Reads of the room: who an application is, and what it was told."""

from typing import Any

from convergences.protocols.saml.models import ServiceProvider, Statement

_LONGEST = 1024


def provider(entity_id: str) -> ServiceProvider | None:
    """Return the application of this name with its line of the catalogue, or None."""
    if not entity_id or len(entity_id) > _LONGEST or not entity_id.isprintable():
        return None
    return ServiceProvider.objects.select_related("application").filter(entity_id=entity_id).first()


def provider_by_number(number: int) -> ServiceProvider | None:
    """Return the application of this row, or None."""
    return ServiceProvider.objects.select_related("application").filter(pk=number).first()


def provider_of(application_id: int) -> ServiceProvider | None:
    """Return how an application is registered, or None."""
    return ServiceProvider.objects.select_related("application").filter(application_id=application_id).first()


def was_answered(number: int, request_id: str) -> bool:
    """Tell whether a request has been answered already."""
    return Statement.objects.filter(provider_id=number, request_id=request_id).exists()


def metadata_of(given: ServiceProvider) -> dict[str, Any]:
    """Return the description of an application, as `services.registration.define` reads it."""
    described: dict[str, Any] = {
        "metadata": {"url": given.metadata_url} if given.metadata_url else given.metadata,
        "name_id_format": given.name_id_format,
        "attributes": given.attributes,
        "signed_requests": given.signed_requests,
        "idp_initiated": given.idp_initiated,
        "relay_state": given.relay_state,
    }
    kept = {name: value for name, value in described.items() if value}
    return kept if given.encrypted_assertions else {**kept, "encrypted_assertions": False}
