"""Reads of the room: whose address it is, and what a cookie stands for there."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from convergences.catalog.models import Application
from convergences.foundations.prepared import Portion
from convergences.foundations.sealing import digest
from convergences.protocols.forward_auth import addresses
from convergences.protocols.forward_auth.addresses import Address
from convergences.protocols.forward_auth.models import Gate, GateAddress

_APPLICATION = Portion(Application, "id", "slug", "name", "attributes")
# One statement, by hand, asked at each request of each application (`foundations.prepared`).
_AT_HOST = f"""
    SELECT h.path, h.gate_id, p.id, p.visit_id, {_APPLICATION.columns("a")}
    FROM forward_auth_gateaddress h
    JOIN forward_auth_gate g ON g.id = h.gate_id
    JOIN catalog_application a ON a.id = g.application_id
    LEFT JOIN forward_auth_pass p ON p.gate_id = g.id AND p.host = h.host AND p.digest = %s
    WHERE h.host = %s
"""  # noqa: S608 - made of the constants above


@dataclass(frozen=True, slots=True)
class Found:
    """The application of an address, and what the cookie that was shown stands for in it, if anything."""

    application: Application
    gate_id: int
    pass_id: int | None
    visit_id: int | None


def application_at(address: Address, token: str = "") -> Found | None:
    """Return whose address it is, the longest prefix of its host winning; None when it is nobody's, or may be doubted.

    `token` is the clear content of the host's cookie.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AT_HOST, [digest(token) if token else "", address.host])
        lines = {line[0]: line for line in cursor.fetchall()}
    prefix = addresses.nearest(lines, address.path) if lines else None
    if prefix is None:
        return None
    _path, gate_id, pass_id, visit_id, *columns = lines[prefix]
    return Found(_APPLICATION.made(columns), gate_id, pass_id, visit_id)


def is_host(text: str) -> bool:
    """Tell whether a host, as a browser names it, is one of an application's."""
    known = addresses.host(text)
    return bool(known) and GateAddress.objects.filter(host=known).exists()


def gate_of(application_id: int) -> Gate | None:
    """Return how an application is registered, or None."""
    return Gate.objects.select_related("application").filter(application_id=application_id).first()


def metadata_of(gate: Gate) -> dict[str, Any]:
    """Return the description of an application, as `services.registration.define` reads it."""
    return {"hosts": gate.hosts, "paths": gate.paths}
