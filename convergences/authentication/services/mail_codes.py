"""Six digits sent by mail to who has typed their password: drawn, kept as a keyed digest, tried, taken once.

The row that keeps one has `code_digest`, `code_expires_at` and `code_tries`; whoever sends and takes codes counts both.
"""

import datetime as dt
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from convergences.authentication.errors import WrongCode
from convergences.foundations import clock
from convergences.foundations.sealing import keyed_digest

TRIES = 5
DIGITS = 6
_EXPIRED = "Ce code a expiré ou a déjà servi : demandez-en un nouveau."
_EXHAUSTED = "Trop d'essais avec ce code : demandez-en un nouveau."


@dataclass(frozen=True, slots=True)
class Binding:
    """What a code is good for, and for whom: typed for anything else, it is a wrong one."""

    use: str
    to: str

    def digest(self, code: str) -> str:
        """Return what is kept. Keyed: a million codes are quickly tried against a bare hash."""
        return keyed_digest(f"{self.to}\n{code}", use=self.use)


def new(binding: Binding, *, lasts: dt.timedelta) -> tuple[str, dict[str, Any]]:
    """Return a code drawn now, and the columns of the row that keeps it; the code of before serves no more."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    return code, {"code_digest": binding.digest(code), "code_expires_at": clock.now() + lasts, "code_tries": 0}


def take(rows: QuerySet[Any], binding: Binding, typed: str) -> bool:
    """Take the code kept in this row, one at most; tell whether it was this one. A try is counted before it is made.

    Raises `WrongCode` when there is none any more, or when five tries were made with it.
    """
    waiting = rows.filter(code_expires_at__gt=clock.now()).exclude(code_digest="")
    sent = waiting.values_list("code_digest", flat=True).first()
    if sent is None:
        raise WrongCode(_EXPIRED)
    waiting = waiting.filter(code_digest=sent)
    if not waiting.filter(code_tries__lt=TRIES).update(code_tries=F("code_tries") + 1):
        raise WrongCode(_EXHAUSTED)
    if not hmac.compare_digest(binding.digest(re.sub(r"\s", "", typed)), sent):
        return False
    if not waiting.update(code_digest=""):
        raise WrongCode(_EXPIRED)  # the same code, typed twice at once
    return True
