"""An agent's password: kept, checked, changed. Never in clear anywhere, never in the journal."""

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.authentication import hashing, letters, limits, queries, strength, strengths
from convergences.authentication.actions import Action
from convergences.authentication.errors import SamePassword, TooManyAttempts, WrongCurrentPassword
from convergences.authentication.models import Password, Session
from convergences.authentication.services import attempts, devices, sessions
from convergences.directory.models import Agent
from convergences.foundations import clock, outbox

_CHANGE = "change"


def store(agent: Agent, clear: str) -> None:
    """Keep a password as it is given, without judging it: for operators' files and tests."""
    write(agent, hashing.hashed(clear))


def store_checked(agent: Agent, clear: str, *, field: str = "new") -> None:
    """Keep a password if it meets the rule; raises `WeakPassword` otherwise."""
    store(agent, _required(agent, clear, field=field))


def write(agent: Agent, hash_: str) -> None:
    """Write a hash as the agent's password."""
    Password.objects.update_or_create(agent=agent, defaults={"hash": hash_, "changed_at": clock.now()})


def close(agent: Agent) -> None:
    """Let no password in but one to come, chosen by the link of a mail; nothing for who has none yet."""
    Password.objects.filter(agent=agent).update(hash=hashing.CLOSED, changed_at=clock.now())


def check(agent: Agent, clear: str) -> bool:
    """Say whether this is the agent's password; a hash of older settings is made anew on the way."""
    found = queries.password_of(agent)
    if not hashing.matches(found.hash if found else None, clear):
        return False
    if found:
        refresh(found, clear)
    return True


def refresh(password: Password, clear: str) -> None:
    """Hash again a password that has just been checked, when the settings have been made stronger since."""
    if hashing.outdated(password.hash):
        # Only over the hash that was checked: a change made meanwhile stands.
        Password.objects.filter(pk=password.pk, hash=password.hash).update(hash=hashing.hashed(clear))


def prove(agent: Agent, clear: str) -> None:
    """Check the password of an agent who is signed in; a session left open must not serve to guess it (ASVS 6.2.3).

    Raises `WrongCurrentPassword`, `TooManyAttempts`, `Overloaded`. Call it outside a transaction.
    """
    source = limits.Source(limits.ACCOUNT, f"{_CHANGE}\n{agent.pk}")
    taken = attempts.take(source)
    if not check(agent, clear):
        if taken.blocked_until:
            raise TooManyAttempts(taken.blocked_until)
        raise WrongCurrentPassword(taken.remaining)
    attempts.forgive(source)


def change(agent: Agent, current: str, new: str, *, actor: Actor, session: Session | None) -> str:
    """Change one's own password: the present one proves who asks, the other sessions end, a mail tells the agent.

    Return the new token of the session that goes on: a copy of its cookie, stolen before, ends like the others.

    Raises `WrongCurrentPassword`, `TooManyAttempts`, `SamePassword`, `WeakPassword` or `PendingOver`.
    """
    prove(agent, current)
    if hashing.normalised(new) == hashing.normalised(current):
        raise SamePassword
    hash_ = hashing.hashed(_required(agent, new, field="new"))
    with transaction.atomic():
        write(agent, hash_)
        sessions.end_all(agent, reason="password_changed", actor=actor, but=session)
        devices.end_all(agent, reason="password_changed", actor=actor)
        outbox.post(letters.password_changed(agent, actor.browser))
        about = About(subject_id=agent.pk, subject_label=agent.full_name)
        record(Action.PASSWORD_CHANGED, actor=actor, about=about)
        if session is None:
            return ""
        return sessions.strengthen(session, strengths.of_session(session, strengths.PASSWORD), password=True)


def _required(agent: Agent, clear: str, *, field: str) -> str:
    strength.require(clear, context=strength.context_of(agent), field=field)
    return clear
