"""Reading authentication: always about one agent, or one identifier that may be nobody's."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from convergences.authentication.models import Passkey, Password, RecoveryCode, Session, Totp
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.prepared import Prepared, given

# What counts: neither removed nor frozen; of an application of codes, confirmed by a first code.
ALIVE: dict[str, Any] = {"removed_at__isnull": True, "frozen_at__isnull": True}
CONFIRMED: dict[str, Any] = {**ALIVE, "confirmed_at__isnull": False}
_PROTECTED = Prepared(
    lambda: Agent.objects.filter(
        Exists(Totp.objects.filter(agent=OuterRef("pk"), **CONFIRMED))
        | Exists(Passkey.objects.filter(agent=OuterRef("pk"), **ALIVE)),
        pk=given("agent"),
    ).only("pk")
)


@dataclass(frozen=True, slots=True)
class Methods:
    """What an agent can make a second step with. Recovery codes are no method of their own: they stand beside one."""

    totps: list[Totp]
    passkeys: list[Passkey]
    codes_left: int = 0
    codes_made_at: dt.datetime | None = None

    @property
    def any(self) -> bool:
        """Whether there is a real one."""
        return bool(self.totps or self.passkeys)


def password_of(agent: Agent) -> Password | None:
    """Return the agent's password row, or None before the first visit."""
    return Password.objects.filter(agent=agent).first()


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
    return _PROTECTED.first(agent=agent_id) is not None


def methods_of(agent: Agent) -> Methods:
    """Return what the agent can make a second step with, oldest first, in three queries."""
    found = list(RecoveryCode.objects.filter(agent=agent, **ALIVE).values_list("used_at", "created_at"))
    return Methods(
        totps=list(Totp.objects.filter(agent=agent, **CONFIRMED).order_by("created_at", "pk")),
        passkeys=list(Passkey.objects.filter(agent=agent, **ALIVE).order_by("created_at", "pk")),
        codes_left=sum(used_at is None for used_at, _created_at in found),
        codes_made_at=max((created_at for _used_at, created_at in found), default=None),
    )
