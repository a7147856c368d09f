"""Reading authentication: always about one agent, or one identifier that may be nobody's."""

from django.db.models import Exists

from convergences.authentication.models import Passkey, Password, Session, Totp
from convergences.directory.models import Agent
from convergences.foundations import clock


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
    totps = Totp.objects.filter(agent=agent_id, confirmed_at__isnull=False, removed_at=None, frozen_at=None)
    passkeys = Passkey.objects.filter(agent=agent_id, removed_at=None, frozen_at=None)
    return Agent.objects.filter(Exists(totps) | Exists(passkeys), pk=agent_id).exists()
