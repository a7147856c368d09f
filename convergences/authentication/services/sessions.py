"""Sessions kept by the server: the browser holds a token of 256 bits, the table its digest."""

import datetime as dt
import secrets
from collections.abc import Collection, Sequence

from django.db import transaction

from convergences.audit.services import SYSTEM, About, Actor, record, record_each
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import PendingOver
from convergences.authentication.models import Level, Session
from convergences.authentication.strengths import SECOND_FACTORS, Strength
from convergences.directory.models import Agent, AgentState
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.foundations.sql.prepared import Prepared, given

__all__ = ["Browser", "end", "end_all", "end_all_of", "end_lapsed", "find", "open_session", "strengthen", "touch"]

IDLE = dt.timedelta(hours=1)
ABSOLUTE = dt.timedelta(hours=10)
TOUCH_EVERY = dt.timedelta(minutes=1)
TOKEN_BYTES = 32
_LAPSED_AT_ONCE = 500
_LIVING = Prepared(
    lambda: Session.objects.filter(
        token_digest=given("digest"),
        ended_at__isnull=True,
        idle_at__gt=given("now"),
        expires_at__gt=given("now"),
        agent__state=AgentState.ACTIVE,
    ).select_related("agent", "agent__photo")
)


def open_session(
    agent: Agent,
    *,
    factors: Sequence[str],
    browser: Browser,
    previous: Session | None = None,
    level: Level = Level.ONE_FACTOR,
) -> tuple[Session, str]:
    """Open a session for an agent who has just proved who they are; return it with its token, kept nowhere else.

    `previous`, the session that the browser already had, is ended: a token planted before sign-in opens nothing after
    it (session fixation, ASVS 7.2.4).
    """
    now, token = clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        if previous is not None:
            end(previous, reason="signed_in_again", actor=acting(agent, browser))
        session = Session.objects.create(
            token_digest=digest(token),
            agent=agent,
            factors=list(factors),
            authenticated_at=now,
            password_at=now if "pwd" in factors else None,
            second_factor_at=now if SECOND_FACTORS & set(factors) else None,
            level=level,
            created_at=now,
            last_seen_at=now,
            idle_at=now + IDLE,
            expires_at=now + ABSOLUTE,
            address=browser.address[:45],
            browser=browser.name[:80],
        )
    return session, token


def find(token: str) -> Session | None:
    """Return the living session of this token, with agent and photo, in one query.

    None when it is unknown, ended, idle or over, or when its agent is no longer active: a suspension cuts at the next
    request, without waiting for anything to be told (DOMAIN, rule 2).
    """
    return _LIVING.first(digest=digest(token), now=clock.now())


def strengthen(session: Session, strength: Strength, *, password: bool = False, second_factor: bool = False) -> str:
    """Write what was proved in a living session; return its new token: the one of before opens nothing (ASVS 7.2.4).

    The session goes on, with its public name and the visits made in it. Raises `PendingOver` when it has ended, or was
    strengthened by somebody else since it was read.
    """
    now, token = clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    changes: dict[str, object] = {
        "token_digest": digest(token),
        "factors": list(strength.factors),
        "level": strength.level,
    }
    proved = {"password_at": password, "second_factor_at": second_factor}
    changes |= {name: now for name, just_now in proved.items() if just_now}
    living = Session.objects.filter(
        pk=session.pk,
        token_digest=session.token_digest,
        ended_at__isnull=True,
        idle_at__gt=now,
        expires_at__gt=now,
    )
    if not living.update(**changes):
        raise PendingOver
    for name, value in changes.items():
        setattr(session, name, value)
    return token


def touch(session: Session) -> None:
    """Push back the idle end of a session in use; writes once a minute at most."""
    now = clock.now()
    if now - session.last_seen_at < TOUCH_EVERY:
        return
    session.last_seen_at = now
    session.idle_at = min(now + IDLE, session.expires_at)
    still_open = Session.objects.filter(pk=session.pk, ended_at__isnull=True)
    still_open.update(last_seen_at=session.last_seen_at, idle_at=session.idle_at)


def end(session: Session, *, reason: str, actor: Actor) -> None:
    """End a session; ending it twice is told once. `reason` is a short word for the journal."""
    with transaction.atomic():
        ended = Session.objects.filter(pk=session.pk, ended_at__isnull=True).update(
            ended_at=clock.now(), end_reason=reason
        )
        if ended:
            word = Action.SIGNED_OUT if reason == "signed_out" else Action.SESSION_ENDED
            about = About(subject_id=session.agent_id, subject_label=session.agent.full_name)
            record(word, actor=actor, about=about, reason=reason, session=str(session.uid), where=session.browser)


def end_all(agent: Agent, *, reason: str, actor: Actor, but: Session | None = None) -> int:
    """End every session of the agent, except the one given; return how many there were."""
    with transaction.atomic():
        living = Session.objects.filter(agent=agent, ended_at__isnull=True)
        if but is not None:
            living = living.exclude(pk=but.pk)
        ended = living.update(ended_at=clock.now(), end_reason=reason)
        if ended:
            about = About(subject_id=agent.pk, subject_label=agent.full_name)
            record(Action.SESSIONS_ENDED, actor=actor, about=about, reason=reason, number=ended)
    return ended


def end_all_of(agents: Collection[Agent], *, reason: str, actor: Actor) -> int:
    """End every session of each of these agents, in a few statements; return how many there were."""
    with transaction.atomic():
        living = Session.objects.filter(agent__in=[agent.pk for agent in agents], ended_at__isnull=True)
        had = set(living.values_list("agent_id", flat=True))
        ended = living.update(ended_at=clock.now(), end_reason=reason)
        told = (About(subject_id=each.pk, subject_label=each.full_name) for each in agents if each.pk in had)
        record_each(Action.SESSIONS_ENDED, ((about, {"reason": reason}) for about in told), actor=actor)
    return ended


def end_lapsed() -> int:
    """Write the end of sessions that time has ended, so that applications are told; return how many. For the worker."""
    now = clock.now()
    lapsed = Session.objects.filter(ended_at__isnull=True, idle_at__lte=now).select_related("agent")
    sessions = list(lapsed.order_by("idle_at")[:_LAPSED_AT_ONCE])
    for session in sessions:
        end(session, reason="expired" if session.expires_at <= now else "idle", actor=SYSTEM)
    return len(sessions)
