"""Reads of the room: whose address it is, what a ticket stands for."""

from typing import Any

from convergences.foundations.sealing import digest
from convergences.protocols.cas import addresses
from convergences.protocols.cas.models import ProxyGrant, RegisteredService, ServiceAddress, Ticket

_LONGEST_TICKET = 120


def service_at(address: str) -> RegisteredService | None:
    """Return the application to which an address belongs, the closest of its prefixes winning, or None."""
    known = addresses.candidates(address)
    if not known:
        return None
    found = ServiceAddress.objects.select_related("service__application").filter(pattern__in=known)
    closest = min(found, key=lambda line: known.index(line.pattern), default=None)
    return closest.service if closest is not None else None


def service_of(application_id: int) -> RegisteredService | None:
    """Return how an application is registered, or None."""
    return RegisteredService.objects.select_related("application").filter(application_id=application_id).first()


def ticket(clear: str) -> Ticket | None:
    """Return a ticket with all that validating needs, in one query, or None when it was never given."""
    if not clear or len(clear) > _LONGEST_TICKET or not clear.isascii():
        return None
    return Ticket.objects.select_related("visit__application", "visit__session").filter(digest=digest(clear)).first()


def proxy_grant(clear: str) -> ProxyGrant | None:
    """Return a proxy grant with its visit, in one query, or None when it was never given."""
    if not clear or len(clear) > _LONGEST_TICKET or not clear.isascii():
        return None
    grants = ProxyGrant.objects.select_related("visit__application", "visit__session__agent")
    return grants.filter(digest=digest(clear)).first()


def metadata_of(service: RegisteredService) -> dict[str, Any]:
    """Return the description of an application, as `services.registration.define` reads it."""
    return {
        "services": service.services,
        "user": service.user,
        "single_logout": service.single_logout,
        "proxy": service.proxy,
        **({"proxy_callbacks": service.proxy_callbacks} if service.proxy_callbacks else {}),
    }
