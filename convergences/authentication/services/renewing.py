"""The end of a recovery: a first new means is added where the code of the mail was typed, and nowhere else.

Until it is there, the old ones stand: whoever knows the password meets them, as before the recovery, and a new means
cannot be added by a password alone.
"""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from convergences.audit.services import Actor, record
from convergences.authentication import queries
from convergences.authentication.actions import Action
from convergences.authentication.errors import ProofNeeded
from convergences.authentication.models import (
    ChangeKind,
    Passkey,
    Recovery,
    RecoveryCode,
    SecurityChange,
    Session,
    Totp,
)
from convergences.authentication.queries import Methods
from convergences.authentication.services import devices, fresh, keeping, recoveries, sessions
from convergences.directory.models import Agent
from convergences.foundations import clock

WITHIN = dt.timedelta(minutes=30)


def came_back_in(session: Session) -> Recovery | None:
    """Return the recovery whose code was typed in this session, if it still stands and is not finished."""
    if session.second_factor_at is not None:
        return None
    rows = Recovery.objects.filter(
        session=session.pk, finished_at__isnull=True, cancelled_at__isnull=True, expires_at__gt=clock.now()
    )
    found = rows.select_related("agent", "started_by", "organization").first()
    return found if found is not None and recoveries.stands(found) else None


def is_recent(recovery: Recovery) -> bool:
    """Say whether the code was typed lately enough: a session left open adds no means."""
    return recovery.proved_at is not None and clock.now() - recovery.proved_at <= WITHIN


def require_to_add(session: Session, methods: Methods) -> Recovery | None:
    """Raise `ProofNeeded` unless the agent has just proved who they are, or has come back here by a recovery.

    Who has only means that were frozen comes back by a recovery, however fresh the password: the mailbox that froze
    them also chooses the password. Return that recovery, which the new means will finish; None when there is none.
    """
    if not methods.blocked and fresh.is_fresh(session, methods, clock.now()):
        return None
    recovery = came_back_in(session)
    if recovery is None or not is_recent(recovery):
        raise ProofNeeded(second_factor=methods.any)
    return recovery


def finish(recovery: Recovery, kept: Totp | Passkey, *, session: Session, actor: Actor) -> dict[str, list[int]]:
    """Put away all the means of before, now that there is a new one; return them as `changes` names them.

    Sessions and trusted devices end with them. Call it in the transaction that adds, with the agent held.
    """
    agent = recovery.agent
    recovery.finished_at = clock.now()
    recovery.save(update_fields=["finished_at"])
    removed = _put_away(agent, kept)
    # Whichever mail of the recovery is answered by « Ce n'est pas moi », all of it is taken back.
    since = SecurityChange.objects.filter(
        agent=agent, kind=ChangeKind.RECOVERY_FINISHED, created_at__gte=recovery.created_at
    )
    since.update(removed=removed)
    record(Action.RECOVERY_FINISHED, actor=actor, about=recoveries.about(recovery))
    devices.end_all(agent, reason="recovered", actor=actor)
    sessions.end_all(agent, reason="recovered", actor=actor, but=session)
    return removed


def _put_away(agent: Agent, kept: Totp | Passkey) -> dict[str, list[int]]:
    totps = Totp.objects.filter(agent=agent, **queries.CONFIRMED)
    passkeys = Passkey.objects.filter(agent=agent, **queries.ALIVE)
    if isinstance(kept, Totp):
        totps = totps.exclude(pk=kept.pk)
    else:
        passkeys = passkeys.exclude(pk=kept.pk)
    codes = RecoveryCode.objects.filter(agent=agent, **queries.ALIVE)
    removed = {"totp": _ids(totps), "passkey": _ids(passkeys), "codes": _ids(codes.filter(used_at__isnull=True))}
    now = clock.now()
    totps.update(removed_at=now)
    passkeys.update(removed_at=now)
    codes.update(removed_at=now)
    keeping.unblock(agent)
    return removed


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True))
