"""Reads of the room: whose address it is, and what a cookie stands for there."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from convergences.admission.facts import KEPT
from convergences.admission.leading import Leading, Led, Under
from convergences.catalog.models import Application
from convergences.foundations.sealing import digest
from convergences.foundations.sql.one_text import values
from convergences.foundations.sql.prepared import Portion
from convergences.protocols.forward_auth import addresses
from convergences.protocols.forward_auth.addresses import Address
from convergences.protocols.forward_auth.models import Gate, GateAddress

_APPLICATION = Portion(Application, "id", "slug", "name", "attributes")
# Asked at each request of each application: the addresses of a host, and what its cookie leads to in each of them.
_AT_HOST = Leading(
    ["ga.path", "gt.id", "ps.id", *_APPLICATION.each_column("ap")],
    """
    forward_auth_gateaddress ga
    JOIN forward_auth_gate gt ON gt.id = ga.gate_id
    JOIN catalog_application ap ON ap.id = gt.application_id
    LEFT JOIN forward_auth_pass ps ON ps.gate_id = gt.id AND ps.host = ga.host AND ps.digest = %(digest)s
    """,
    visit="ps.visit_id",
    where="ga.host = %(host)s",
)


@dataclass(frozen=True, slots=True)
class Found:
    """The application of an address, what the cookie that was shown stands for in it, if anything, and for whom."""

    gate_id: int
    pass_id: int | None
    led: Led

    @property
    def under(self) -> Under | None:
        """What is under the visit for which the cookie stands; None when none is open."""
        return self.led.under

    @property
    def application(self) -> Application:
        """The application, made of what was read."""
        _path, _gate_id, _pass_id, *columns = self.led.own
        return _APPLICATION.made(columns)


def application_at(address: Address, token: str = "", *, now: dt.datetime) -> Found | None:
    """Return whose address it is, the longest prefix of its host winning; None when it is nobody's, or may be doubted.

    `token` is the clear content of the host's cookie.
    """
    lines = _AT_HOST.all(now, digest=digest(token) if token else "", host=address.host)
    by_path = {path: Found(gate_id, pass_id, led) for led in lines for path, gate_id, pass_id in (_keys(led.text),)}
    prefix = addresses.nearest(by_path, address.path) if by_path else None
    return by_path[prefix] if prefix is not None else None


@lru_cache(maxsize=KEPT)
def _keys(text: str) -> tuple[str, int, int | None]:
    """Return the path, the gate and the pass of a line."""
    path, gate_id, pass_id, *_application = values(text)
    return path, gate_id, pass_id


def is_host(text: str) -> bool:
    """Tell whether a host, as a browser names it, is one of an application's."""
    known = addresses.host(text)
    return bool(known) and GateAddress.objects.filter(host=known).exists()


def gate_of(application_id: int) -> Gate | None:
    """Return how an application is registered, or None."""
    return Gate.objects.select_related("application").filter(application_id=application_id).first()


def parts_of(host: str) -> list[tuple[str, str, str]]:
    """Return the applications of a host: for each of their paths, the shortest first, their slug and name."""
    lines = GateAddress.objects.filter(host=host).order_by("path")
    return list(lines.values_list("path", "gate__application__slug", "gate__application__name"))


def metadata_of(gate: Gate) -> dict[str, Any]:
    """Return the description of an application, as `services.registration.define` reads it."""
    return {"hosts": gate.hosts, "paths": gate.paths}
