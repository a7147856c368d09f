"""Reading authentication: always about one agent, or one identifier that may be nobody's."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from convergences.authentication import hashing
from convergences.authentication.models import Passkey, Password, RecoveryCode, Session, Totp
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.sql.prepared import Prepared, given

# What counts: neither removed nor frozen; of an application of codes, confirmed by a first code.
ALIVE: dict[str, Any] = {"removed_at__isnull": True, "frozen_at__isnull": True}
CONFIRMED: dict[str, Any] = {**ALIVE, "confirmed_at__isnull": False}
# What counts, and what was frozen: a contested means is nobody's any more, and the account is no less protected for it.
_KEPT: dict[str, Any] = {"removed_at__isnull": True}
_KEPT_CONFIRMED: dict[str, Any] = {**_KEPT, "confirmed_at__isnull": False}


def _held(agent: str, totps: dict[str, Any], passkeys: dict[str, Any]) -> Q:
    totp = Exists(Totp.objects.filter(agent=OuterRef(agent), **totps))
    return Q(totp) | Q(Exists(Passkey.objects.filter(agent=OuterRef(agent), **passkeys)))


def armed(agent: str) -> Q:
    """Select the rows whose agent, of this column, holds a second factor in use."""
    return _held(agent, CONFIRMED, ALIVE)


_ARMED = Prepared(lambda: Agent.objects.filter(armed("pk"), pk=given("agent")).only("pk"))
_PROTECTED = Prepared(lambda: Agent.objects.filter(_held("pk", _KEPT_CONFIRMED, _KEPT), pk=given("agent")).only("pk"))


@dataclass(frozen=True, slots=True)
class Methods:
    """What an agent can make a second step with. Recovery codes are no method of their own: they stand beside one.

    `blocked`: there is nothing left to make one with, for all was frozen. Who reads the mailbox may have done that: a
    new means is added once somebody has answered for the agent (`recoveries`), and not before.
    """

    totps: list[Totp]
    passkeys: list[Passkey]
    codes_left: int = 0
    codes_made_at: dt.datetime | None = None
    blocked: bool = False

    @property
    def any(self) -> bool:
        """Whether there is a real one."""
        return bool(self.totps or self.passkeys)


def password_of(agent: Agent) -> Password | None:
    """Return the agent's password row, or None before the first visit."""
    return Password.objects.filter(agent=agent).first()


def must_choose_a_password(agent: Agent) -> bool:
    """Whether the present password was closed, and no other was chosen since."""
    return Password.objects.filter(agent=agent, hash=hashing.CLOSED).exists()


def password_of_identifier(identifier: str) -> Password | None:
    """Return the password row, with its agent, of a normalised identifier; None when nobody or no password has it."""
    return Password.objects.filter(agent__email=identifier).select_related("agent").first()


def open_sessions(agent: Agent) -> list[Session]:
    """Return the agent's living sessions, last used first."""
    now = clock.now()
    living = Session.objects.filter(agent=agent, ended_at__isnull=True, idle_at__gt=now, expires_at__gt=now)
    return list(living.order_by("-last_seen_at", "-pk"))


def recent_sign_ins(agent: Agent, n: int = 3) -> list[Session]:
    """Return the last sign-ins of the agent, newest first, ended or not."""
    return list(Session.objects.filter(agent=agent).order_by("-created_at", "-pk")[:n])


def has_second_factor(agent_id: int) -> bool:
    """Whether the agent holds a second factor in use, in one query; recovery codes and remembered devices are none."""
    return _ARMED.first(agent=agent_id) is not None


def is_protected(agent_id: int) -> bool:
    """Whether the agent holds a second factor, in use or frozen, in one query: the password alone is not enough."""
    return _PROTECTED.first(agent=agent_id) is not None


def methods_of(agent: Agent) -> Methods:
    """Return what the agent can make a second step with, oldest first, in three queries."""
    found = list(RecoveryCode.objects.filter(agent=agent, **ALIVE).values_list("used_at", "created_at"))
    totps = list(Totp.objects.filter(agent=agent, **_KEPT_CONFIRMED).order_by("created_at", "pk"))
    passkeys = list(Passkey.objects.filter(agent=agent, **_KEPT).order_by("created_at", "pk"))
    kept: list[Totp | Passkey] = [*totps, *passkeys]
    return Methods(
        totps=[totp for totp in totps if totp.frozen_at is None],
        passkeys=[passkey for passkey in passkeys if passkey.frozen_at is None],
        blocked=bool(kept) and all(each.frozen_at is not None for each in kept),
        codes_left=sum(used_at is None for used_at, _created_at in found),
        codes_made_at=max((created_at for _used_at, created_at in found), default=None),
    )
