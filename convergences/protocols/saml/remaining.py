"""After a sign-out: which applications of SAML only the browser can tell, and whether any was not told at all."""

import uuid

from django.db.models import QuerySet

from convergences.admission.models import Visit
from convergences.admission.queries import FarewellState, farewells
from convergences.catalog.models import Protocol
from convergences.protocols.saml import logout_messages as messages
from convergences.protocols.saml import names, queries


def untold(session_uid: uuid.UUID) -> list[Visit]:
    """Return the visits of a session, now over, whose applications can be told by its browser alone."""
    visits = _of_saml(session_uid).filter(telling_attempts=0)
    return [visit for visit in visits if not _has_server(visit) and _has_page(visit)]


def is_partial(session_uid: uuid.UUID) -> bool:
    """Tell whether an application does not know, and will not: asked in vain, or saying nowhere to be told."""
    if any(not _has_server(visit) for visit in _of_saml(session_uid)):
        return True
    return any(line.state == FarewellState.UNTOLD for line in farewells(session_uid))


def _of_saml(session_uid: uuid.UUID) -> QuerySet[Visit]:
    visits = Visit.objects.filter(session__uid=session_uid, session__ended_at__isnull=False, protocol=Protocol.SAML)
    return visits.filter(told_at__isnull=True).exclude(end_reason="left").select_related("application").order_by("pk")


def _has_server(visit: Visit) -> bool:
    provider = queries.provider_of(visit.application_id)
    return provider is not None and messages.endpoint(provider, names.SOAP) is not None


def _has_page(visit: Visit) -> bool:
    provider = queries.provider_of(visit.application_id)
    return provider is not None and messages.endpoint(provider, *messages.IN_A_BROWSER) is not None
