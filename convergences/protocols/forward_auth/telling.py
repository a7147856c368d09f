"""What an application is told of who came: a few headers, and all of its sheet in a signed statement.

Header values are ASCII: whatever is not a printable sign of it, and `%`, is written in percents of its UTF-8
(`unquote` of any language gives it back). A value can so neither end its line nor begin another header.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from django.conf import settings
from joserfc import jwt

from convergences.admission.facts import VisitFacts
from convergences.catalog.models import Application
from convergences.foundations import clock, keys
from convergences.protocols.forward_auth import lifetimes
from convergences.web.entrance import attributes
from convergences.web.entrance.attributes import Person

KEPT = 10_000
TYPE = "gate+jwt"
_ALGORITHM = "ES256"
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")

Headers = tuple[tuple[str, str], ...]


class Proved(NamedTuple):
    """How strongly the agent has signed in, in the words of every protocol: a level of ProConnect's, and RFC 8176."""

    acr: str
    amr: tuple[str, ...]

    @classmethod
    def of(cls, visit: VisitFacts) -> Self:
        """Return what has happened in the session of a visit; a remembered device adds nothing to it."""
        return cls(visit.level, visit.factors)


@dataclass(frozen=True, slots=True)
class _Told:
    at: float
    read: Hashable
    headers: Headers


class _Young:
    """What was last told by each pass, told again while it is young and all that it is made of is read the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Told] = OrderedDict()

    def headers(self, pass_id: int, read: Hashable, make: Callable[[], Headers]) -> Headers:
        now = clock.now().timestamp()
        known = self._kept.get(pass_id)
        if known is not None and 0 <= now - known.at < lifetimes.TOKEN_YOUNG.total_seconds() and known.read == read:
            return known.headers
        told = _Told(now, read, make())
        with self._lock:
            self._kept[pass_id] = told
            self._kept.move_to_end(pass_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return told.headers

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()


young = _Young()


def headers(person: Person, application: Application, proved: Proved) -> Headers:
    """Return the headers, each always there: one that the sheet does not give is empty, so that no other passes."""
    known = attributes.released(person, application)
    organization = known.get("organization", {})
    said = {"aud": application.slug, "sub": person.agent.subject, "acr": proved.acr, "amr": list(proved.amr), **known}
    told = {
        "Remote-User": person.agent.subject,
        "Remote-Email": known.get("email", ""),
        "Remote-Name": known.get("name") or _name(known),
        "Remote-Groups": ",".join(known.get("roles", ())),
        "Remote-Organization": organization.get("name", ""),
        "Remote-Siret": organization.get("siret") or known.get("siret", ""),
        "Remote-Acr": proved.acr,
        "Remote-Amr": ",".join(proved.amr),
        "Remote-Token": _sign(said, int(clock.now().timestamp())),
    }
    return tuple((name, encoded(value)) for name, value in told.items())


def encoded(value: str) -> str:
    """Return a value as a header holds it."""
    return value if value.isascii() and value.isprintable() and "%" not in value else quote(value, safe=_PLAIN)


def _name(known: dict[str, Any]) -> str:
    return " ".join(known[part] for part in ("given_name", "usual_name") if part in known)


def _sign(said: dict[str, Any], now: int) -> str:
    pair = keys.signing_key(_ALGORITHM)
    # Its own type: nobody takes it for an ID token, nor for a token of another use (RFC 8725, section 3.11).
    header = {"typ": TYPE, "alg": pair.algorithm, "kid": pair.kid}
    ends = now + int(lifetimes.TOKEN.total_seconds())
    claims = {**said, "iss": settings.BASE_URL, "iat": now, "exp": ends}
    return jwt.encode(header, claims, pair.key, algorithms=[pair.algorithm])
