"""The agent's part of a recovery: the password was right, a code comes by mail, and the old means are put away.

A mailbox is no second factor: the session that opens is worth the password, and every page that asks for more asks for
a new means first. Call these verbs outside a transaction: what they count must stay counted when they refuse.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from convergences.audit.services import About, record
from convergences.authentication import limits, queries, recovery_letters, strengths
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import PendingOver
from convergences.authentication.models import ChangeKind, Passkey, Recovery, RecoveryCode, Totp
from convergences.authentication.proofs import FactorProof, Pending
from convergences.authentication.services import (
    attempts,
    changes,
    devices,
    mail_codes,
    opening,
    recoveries,
    second_step,
    sessions,
)
from convergences.authentication.services.opening import SignedIn
from convergences.directory.models import Agent
from convergences.directory.services import agents, locks
from convergences.foundations import clock, outbox

LASTS = dt.timedelta(minutes=30)


def send_code(pending: Pending, *, browser: Browser) -> None:
    """Send the agent the code by which to finish; the code of before serves no more.

    Raises `PendingOver`, `NoRecovery`, `TooManyAttempts`: a few codes an hour.
    """
    agent = second_step.resolve(pending)
    recoveries.open_now(agent)
    attempts.take(limits.of_address(browser.address, limit=limits.CODES_FROM_ADDRESS))
    attempts.take(limits.Source(limits.RECOVERY_CODES, str(agent.pk)))
    with transaction.atomic():
        recovery = recoveries.open_now(locks.hold_agent(agent.pk))
        code, columns = mail_codes.new(_binding(recovery), lasts=LASTS)
        Recovery.objects.filter(pk=recovery.pk).update(**columns)
        record(Action.RECOVERY_CODE_SENT, actor=acting(agent, browser), about=_own(agent))
        outbox.post(recovery_letters.code(recoveries.told_of(recovery), code, browser))


def finish(pending: Pending, code: str, *, browser: Browser, known_browser_token: str = "") -> SignedIn:
    """Put the agent's means away and open a session worth the password, for who typed the code of the mail.

    What was removed can be given back for a week by « Ce n'est pas moi »; sessions and trusted devices end. Tries are
    counted with those of every second step, and five for one code.

    Raises `WrongSecondStep`, `WrongCode`, `TooManyAttempts`, `NoRecovery`, `PendingOver`.
    """
    agent = second_step.resolve(pending)
    recovery = recoveries.open_now(agent)
    second_step.counted(agent, browser, lambda: _proof(recovery, code))
    return _finish(pending, recovery, browser, known_browser_token)


def _proof(recovery: Recovery, code: str) -> FactorProof | None:
    """Return the proof that the code of the mail gives, and take it."""
    taken = mail_codes.take(Recovery.objects.filter(pk=recovery.pk), _binding(recovery), code)
    return FactorProof("mail", recovery.agent_id) if taken else None


@transaction.atomic
def _finish(pending: Pending, proved: Recovery, browser: Browser, known_browser_token: str) -> SignedIn:
    agent = locks.hold_agent(pending.agent_id)
    second_step.resolve(pending)
    recovery = recoveries.open_now(agent)
    if recovery.pk != proved.pk:  # cancelled and started again since the code was typed
        raise PendingOver
    second_step.spend(pending)
    recovery.finished_at = clock.now()
    recovery.save(update_fields=["finished_at"])
    actor = acting(agent, browser)
    record(Action.RECOVERY_FINISHED, actor=actor, about=recoveries.about(recovery))
    removed = _put_away(agent)
    devices.end_all(agent, reason="recovered", actor=actor)
    sessions.end_all(agent, reason="recovered", actor=actor)
    agents.prove_address(agent)
    change, token = changes.noted(agent, ChangeKind.RECOVERY_FINISHED, removed=removed, actor=actor)
    told = recoveries.told_of(recovery)
    outbox.post(recovery_letters.finished(told, changes.names_of(change), token, browser))
    recoveries.tell_others(recovery, ChangeKind.RECOVERY_FINISHED)
    return opening.open_for(agent, strengths.PASSWORD, browser=browser, known_browser_token=known_browser_token)


def _put_away(agent: Agent) -> dict[str, list[int]]:
    """Remove whatever the agent made a second step with; return what could serve, as `changes` names it.

    An application of codes that was never confirmed goes too: it may be of who tried before.
    """
    Totp.objects.filter(agent=agent, confirmed_at=None).delete()
    totps = Totp.objects.filter(agent=agent, **queries.ALIVE)
    passkeys = Passkey.objects.filter(agent=agent, **queries.ALIVE)
    codes = RecoveryCode.objects.filter(agent=agent, **queries.ALIVE)
    removed = {"totp": _ids(totps), "passkey": _ids(passkeys), "codes": _ids(codes.filter(used_at__isnull=True))}
    now = clock.now()
    totps.update(removed_at=now)
    passkeys.update(removed_at=now)
    codes.update(removed_at=now)
    return removed


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


def _binding(recovery: Recovery) -> mail_codes.Binding:
    return mail_codes.Binding(use="authentication/recovery", to=str(recovery.uid))


def _own(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
