"""The agent's part of a recovery: the password was right, a code comes by mail, and a session opens.

A mailbox is no second factor: that session is worth the password, and every page that asks for more asks for a new
means first, which ends the recovery (`renewing`). Call these verbs outside a transaction: what they count must stay
counted when they refuse.
"""

import datetime as dt

from django.db import transaction

from convergences.audit.services import About, record
from convergences.authentication import limits, recovery_letters, strengths
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import PendingOver
from convergences.authentication.models import ChangeKind, Recovery, Totp
from convergences.authentication.proofs import FactorProof, Pending
from convergences.authentication.services import (
    attempts,
    changes,
    mail_codes,
    opening,
    recoveries,
    second_step,
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


def come_back(pending: Pending, code: str, *, browser: Browser, known_browser_token: str = "") -> SignedIn:
    """Open a session worth the password for who typed the code of the mail: the one place where to add a new means.

    All who were told of the start are told of this. Coming back again, with another code, ends the session of before.
    Tries are counted with those of every second step, and five for one code.

    Raises `WrongSecondStep`, `WrongCode`, `TooManyAttempts`, `NoRecovery`, `PendingOver`.
    """
    agent = second_step.resolve(pending)
    recovery = recoveries.open_now(agent)
    second_step.counted(agent, browser, lambda: _proof(recovery, code))
    return _come_back(pending, recovery, browser, known_browser_token)


def _proof(recovery: Recovery, code: str) -> FactorProof | None:
    """Return the proof that the code of the mail gives, and take it."""
    taken = mail_codes.take(Recovery.objects.filter(pk=recovery.pk), _binding(recovery), code)
    return FactorProof("mail", recovery.agent_id) if taken else None


@transaction.atomic
def _come_back(pending: Pending, proved: Recovery, browser: Browser, known_browser_token: str) -> SignedIn:
    agent = locks.hold_agent(pending.agent_id)
    second_step.resolve(pending)
    recovery = recoveries.open_now(agent)
    if recovery.pk != proved.pk:  # cancelled and started again since the code was typed
        raise PendingOver
    second_step.spend(pending)
    actor = acting(agent, browser)
    # One that was never confirmed may be of who tried before.
    Totp.objects.filter(agent=agent, confirmed_at=None).delete()
    agents.prove_address(agent)
    done = opening.open_for(
        agent,
        strengths.PASSWORD,
        browser=browser,
        known_browser_token=known_browser_token,
        previous_session=recovery.session,
    )
    recovery.session, recovery.proved_at = done.session, clock.now()
    recovery.save(update_fields=["session", "proved_at"])
    record(Action.RECOVERY_PROVED, actor=actor, about=recoveries.about(recovery))
    _change, token = changes.noted(agent, ChangeKind.RECOVERY_FINISHED, actor=actor)
    outbox.post(recovery_letters.came_back(recoveries.told_of(recovery), token, browser))
    recoveries.tell_others(recovery, ChangeKind.RECOVERY_FINISHED)
    return done


def _binding(recovery: Recovery) -> mail_codes.Binding:
    return mail_codes.Binding(use="authentication/recovery", to=str(recovery.uid))


def _own(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
