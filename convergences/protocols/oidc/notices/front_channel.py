"""The addresses that a browser loads when it signs out (OpenID Connect Front-Channel Logout 1.0)."""

import uuid
from urllib.parse import urlencode

from django.conf import settings

from convergences.admission.models import Visit
from convergences.catalog.models import Protocol
from convergences.protocols.oidc.models import Client


def frames(session_uid: uuid.UUID) -> dict[int, str]:
    """Return the address of each application that the session, now over, was in, with `iss` and `sid` (section 3)."""
    visits = Visit.objects.filter(
        session__uid=session_uid, session__ended_at__isnull=False, protocol=Protocol.OIDC
    ).exclude(end_reason="left")
    clients = Client.objects.exclude(frontchannel_logout_uri="").filter(
        application_id__in=visits.values("application_id")
    )
    said = urlencode({"iss": settings.BASE_URL, "sid": str(session_uid)})
    return {client.application_id: _with(client.frontchannel_logout_uri, said) for client in clients}


def _with(address: str, said: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{said}"
