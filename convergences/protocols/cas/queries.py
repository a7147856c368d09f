"""Reads of the room: whose address it is, what a ticket stands for."""

from functools import lru_cache
from typing import Any

from convergences.foundations.prepared import Prepared, given
from convergences.foundations.sealing import digest
from convergences.protocols.cas import addresses
from convergences.protocols.cas.models import ProxyGrant, RegisteredService, ServiceAddress, Ticket

_LONGEST_TICKET = 120
_FEW = 8


_SERVICE = Prepared(
    lambda: RegisteredService.objects.select_related("application").filter(application_id=given("application_id"))
)
_TICKET = Prepared(
    lambda: Ticket.objects.select_related("visit__application", "visit__session").filter(digest=given("digest"))
)


@lru_cache(maxsize=16)
def _addresses(number: int) -> Prepared[ServiceAddress]:
    """Return the question for so many texts at once: an address of few parts, as most are."""
    texts = [given(f"text{position}") for position in range(number)]
    return Prepared(lambda: ServiceAddress.objects.select_related("service__application").filter(pattern__in=texts))


def service_at(address: str) -> RegisteredService | None:
    """Return the application to which an address belongs, the closest of its prefixes winning, or None."""
    known = addresses.candidates(address)
    if not known:
        return None
    if len(known) <= _FEW:
        found = _addresses(len(known)).all(**{f"text{position}": text for position, text in enumerate(known)})
    else:
        found = list(ServiceAddress.objects.select_related("service__application").filter(pattern__in=known))
    closest = min(found, key=lambda line: known.index(line.pattern), default=None)
    return closest.service if closest is not None else None


def service_of(application_id: int) -> RegisteredService | None:
    """Return how an application is registered, or None."""
    return _SERVICE.first(application_id=application_id)


def ticket(clear: str) -> Ticket | None:
    """Return a ticket with all that validating needs, in one query, or None when it was never given."""
    if not clear or len(clear) > _LONGEST_TICKET or not clear.isascii():
        return None
    return _TICKET.first(digest=digest(clear))


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
