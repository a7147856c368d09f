"""Changes of the ways in: the agent is told by mail, and may say « Ce n'est pas moi » for a week.

Saying so freezes what the change added, and shuts whoever did it out: sessions and remembered devices end, the password
opens nothing any more, a recovery under way is cancelled, and a mail lets choose another password. The mailbox takes
away and gives nothing: it opens no session, gives back no means, and an agent who has none left adds another one once
somebody has answered for them (`queries.Methods.blocked`), for the thief may be who reads the mailbox.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from convergences.audit.services import About, Actor, record
from convergences.authentication import letters, queries
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, stranger
from convergences.authentication.errors import DeadLink, TooManyAttempts
from convergences.authentication.models import (
    ChangeKind,
    Passkey,
    Purpose,
    RecoveryCode,
    SecurityChange,
    Totp,
)
from convergences.authentication.services import codes, devices, passwords, recovery_ends, sessions
from convergences.directory.models import Agent, AgentState
from convergences.directory.services import locks
from convergences.foundations import clock, outbox
from convergences.foundations.sealing import digest

LASTS = dt.timedelta(days=7)
TOKEN_BYTES = 32
ADDITIONS = frozenset({ChangeKind.TOTP_ADDED, ChangeKind.PASSKEY_ADDED})
Named = Mapping[str, Sequence[int]]
_TABLES: dict[str, type[Totp | Passkey | RecoveryCode]] = {"totp": Totp, "passkey": Passkey, "codes": RecoveryCode}


@dataclass(frozen=True, slots=True)
class Contested:
    """What became of « Ce n'est pas moi »: the changes taken back, and whether this very request did it."""

    agent: Agent
    changes: list[SecurityChange]
    done_now: bool


def told(
    agent: Agent, kind: ChangeKind, *, added: Named | None = None, removed: Named | None = None, actor: Actor
) -> SecurityChange:
    """Note a change in the current transaction and write to the agent.

    `added` and `removed` name rows by their numbers: `{"totp": [ids], "passkey": [ids], "codes": [ids]}`.
    """
    change, token = noted(agent, kind, added=added, removed=removed, actor=actor)
    if agent.email:
        outbox.post(letters.security_change(agent, change, names_of(change), token))
    return change


def noted(
    agent: Agent, kind: ChangeKind, *, added: Named | None = None, removed: Named | None = None, actor: Actor
) -> tuple[SecurityChange, str]:
    """Note a change in the current transaction; return it with the secret of the mail, which the caller writes."""
    now, token = clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    change = SecurityChange.objects.create(
        agent=agent,
        kind=kind,
        link_digest=digest(token),
        added={name: list(ids) for name, ids in (added or {}).items()},
        removed={name: list(ids) for name, ids in (removed or {}).items()},
        made_by="" if actor.agent_id == agent.pk else actor.label[:200],
        browser=actor.browser[:80] if actor.agent_id == agent.pk else "",
        created_at=now,
        expires_at=now + LASTS,
    )
    return change, token


def find(token: str) -> SecurityChange:
    """Return the change that the link of a mail is about; raises `DeadLink`.

    Nothing is done: scanners of mail open links before people do.
    """
    rows = SecurityChange.objects.filter(link_digest=digest(token), expires_at__gt=clock.now()).select_related("agent")
    change = rows.first()
    if change is None or change.agent.state in (AgentState.DELETED, AgentState.ERASED):
        raise DeadLink
    return change


def others(change: SecurityChange) -> list[SecurityChange]:
    """Return the other changes of the week that the same agent may contest, newest first."""
    rows = SecurityChange.objects.filter(
        agent_id=change.agent_id, contested_at__isnull=True, expires_at__gt=clock.now()
    ).exclude(pk=change.pk)
    return list(rows.order_by("-created_at", "-pk"))


def names_of(change: SecurityChange) -> list[str]:
    """Return the names that the agent gave to what was added, or else to what was removed; none for a recovery."""
    named: list[str] = []
    if change.kind == ChangeKind.RECOVERY_FINISHED:
        return named
    for name, table in (("passkey", Passkey), ("totp", Totp)):
        ids = _ids(change.added or change.removed, name)
        rows = table.objects.filter(pk__in=ids, agent_id=change.agent_id)
        named += rows.order_by("pk").values_list("name", flat=True)
    return named


def contest(token: str, *, also: Sequence[uuid.UUID] = (), browser: Browser) -> Contested:
    """Take back the change, and those of `also`, and shut everybody out; once, however often it is asked.

    Call it outside a transaction: it ends by asking for a mail, which is counted. Raises `DeadLink`.
    """
    change = find(token)
    with transaction.atomic():
        agent = locks.hold_agent(change.agent_id)
        rows = SecurityChange.objects.select_for_update().filter(agent=agent, expires_at__gt=clock.now())
        named = models.Q(pk=change.pk) | models.Q(uid__in=list(also)) | _what_it_led_to(change)
        wanted = list(rows.filter(named).order_by("created_at", "pk"))
        fresh = [row for row in wanted if row.contested_at is None]
        for row in fresh:
            _take_back(row)
        if fresh:
            _freeze_codes_of(agent, fresh)
            _shut_out(agent, fresh, browser)
    if fresh:
        _send_reset(agent, browser)
    return Contested(agent, wanted, done_now=bool(fresh))


def _what_it_led_to(change: SecurityChange) -> models.Q:
    """Name the end of a recovery whose start is contested: an older mail must not serve less than the last one."""
    if change.kind not in (ChangeKind.RECOVERY_STARTED, ChangeKind.RECOVERY_OPENED):
        return models.Q(pk=change.pk)
    return models.Q(kind=ChangeKind.RECOVERY_FINISHED, created_at__gte=change.created_at)


def _take_back(change: SecurityChange) -> None:
    now = clock.now()
    if change.kind == ChangeKind.RECOVERY_FINISHED:
        _freeze_since(change)
    for name, table in _TABLES.items():
        own = table.objects.filter(agent_id=change.agent_id)
        own.filter(pk__in=_ids(change.added, name), frozen_at__isnull=True).update(frozen_at=now)
        if table is not RecoveryCode:
            # It may have been lost, to who reads the mailbox now: it guards the account again, and opens nothing.
            removed = own.filter(pk__in=_ids(change.removed, name), removed_at__isnull=False)
            removed.update(removed_at=None, frozen_at=now)
    change.contested_at = now
    change.save(update_fields=["contested_at"])


def _freeze_since(change: SecurityChange) -> None:
    """Freeze whatever was added after a recovery that was not the agent's: it is of whoever finished it."""
    for table in _TABLES.values():
        since = table.objects.filter(agent_id=change.agent_id, created_at__gte=change.created_at)
        since.filter(frozen_at__isnull=True).update(frozen_at=clock.now())


def _freeze_codes_of(agent: Agent, taken: list[SecurityChange]) -> None:
    """Freeze the recovery codes that whoever made these changes may hold, whether or not the agent named them too.

    Those made since a factor was added, and all of them once no factor is left: they would serve again with the next.
    """
    codes = RecoveryCode.objects.filter(agent=agent, **queries.ALIVE)
    if queries.has_second_factor(agent.pk):
        additions = [row.created_at for row in taken if row.kind in ADDITIONS]
        codes = codes.filter(created_at__gte=min(additions)) if additions else codes.none()
    codes.update(frozen_at=clock.now())


def _shut_out(agent: Agent, taken: list[SecurityChange], browser: Browser) -> None:
    """End what is open, and let no password in but one to come: whoever made the change may know the present one."""
    actor = stranger(browser)
    passwords.close(agent)
    sessions.end_all(agent, reason="change_contested", actor=actor)
    devices.end_all(agent, reason="change_contested", actor=actor)
    recovery_ends.cancel(agent, why="contested", actor=actor)
    about = About(subject_id=agent.pk, subject_label=agent.full_name)
    record(Action.CHANGE_CONTESTED, actor=actor, about=about, changes=[str(row.kind) for row in taken])


def _send_reset(agent: Agent, browser: Browser) -> None:
    try:
        codes.send_for(agent, Purpose.RESET, asker=agent.pk, browser=browser)
    except TooManyAttempts:
        return  # the page says where to ask for it again


def _ids(named: dict[str, Any], table: str) -> list[int]:
    return [int(pk) for pk in named.get(table, [])]
