"""Reads of the room: whose address it is, what a ticket stands for."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from convergences.admission.leading import Leading, Under
from convergences.authentication.models import Session
from convergences.catalog.models import Application
from convergences.foundations.sealing import digest
from convergences.foundations.sql.prepared import Portion, Portions, Prepared, given, lead
from convergences.protocols.cas import addresses
from convergences.protocols.cas.models import ProxyGrant, RegisteredService, ServiceAddress, Ticket

_LONGEST_TICKET = 120
_FEW = 8
_OF_AN_ENTRANCE = ("service__proxy", "service__application__slug", "service__application__name")


_SERVICE = Prepared(
    lambda: RegisteredService.objects.select_related("application").filter(application_id=given("application_id"))
)
_BEHIND = Portions(
    ss=Portion(
        Session,
        *("id", "factors", "level", "remembered_device"),
        *("authenticated_at", "password_at", "second_factor_at"),
    ),
    ap=Portion(Application, "id", "attributes"),
    sv=Portion(RegisteredService, "id", "application", "services", "user", "proxy", "proxy_callbacks"),
)
# All that is told with the name of an agent who entered: a visit does not know its protocol's tables.
_VISIT = Leading(
    _BEHIND.columns,
    """
    admission_visit iv
    JOIN authentication_session ss ON ss.id = iv.session_id
    JOIN catalog_application ap ON ap.id = iv.application_id
    JOIN cas_registeredservice sv ON sv.application_id = iv.application_id
    """,
    visit="iv.id",
    where="iv.id = %(visit)s",
)


@lru_cache(maxsize=16)
def _addresses(number: int) -> Prepared[ServiceAddress]:
    """Return the question for so many texts at once: an address of few parts, as most are."""
    texts = [given(f"text{position}") for position in range(number)]
    lines = ServiceAddress.objects.select_related("service__application")
    return Prepared(lambda: lines.only("pattern", *_OF_AN_ENTRANCE).filter(pattern__in=texts))


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


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a ticket: a session, how its application is registered, and what is under the visit now."""

    session: Session
    service: RegisteredService
    under: Under | None


def behind(visit_id: int, *, now: dt.datetime) -> Behind | None:
    """Return what stands behind the tickets of a visit; None once its application is not registered any more."""
    found = _VISIT.first(now, visit=visit_id)
    if found is None:
        return None
    session, application, service = _BEHIND.made(found.own)
    lead(service, application=application)
    return Behind(session, service, found.under)


def is_plausible(clear: str) -> bool:
    """Tell whether a text may be a ticket: what cannot is not looked for."""
    return 0 < len(clear) <= _LONGEST_TICKET and clear.isascii()


def ticket(clear: str) -> Ticket | None:
    """Return a ticket with its visit, or None when it was never given."""
    return Ticket.objects.select_related("visit__application").filter(digest=digest(clear)).first()


def proxy_grant(clear: str) -> ProxyGrant | None:
    """Return a proxy grant with its visit, in one query, or None when it was never given."""
    if not is_plausible(clear):
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
