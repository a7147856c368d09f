"""A code by mail as a second step: off unless the operator allows it, and only for an agent who has no second factor.

Two steps, and no second factor: a mailbox opens with the same password too often. The session rises to `eidas1-mfa`;
applications that ask for a second factor, pages of management and changes of the ways in ask for a real one still. Call
these verbs outside a transaction: what they count must stay counted when they refuse.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction

from convergences.audit.services import About, record
from convergences.authentication import letters, limits, queries
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import MailNotOffered
from convergences.authentication.models import Level, MailCode, Session
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import attempts, mail_codes, second_step
from convergences.authentication.services.opening import SignedIn
from convergences.directory.models import Agent
from convergences.directory.services import locks
from convergences.foundations import outbox

LASTS = dt.timedelta(minutes=10)


def is_allowed() -> bool:
    """Whether the operator allows codes by mail at all."""
    return settings.CONFIGURATION.mail_second_step


def is_offered(session: Session) -> bool:
    """Whether a code by mail would add something, and takes the place of nothing better (ASVS 6.3.4)."""
    if not is_allowed() or session.level != Level.ONE_FACTOR:
        return False
    return not queries.is_protected(session.agent_id)


def send_code(session: Session, *, browser: Browser) -> None:
    """Send the agent a code for this session, and for no other; the code of before serves no more.

    Raises `MailNotOffered`, `TooManyAttempts`: five codes an hour for an agent, whatever the session.
    """
    _require(session)
    attempts.take(limits.of_address(browser.address, limit=limits.CODES_FROM_ADDRESS))
    attempts.take(limits.Source(limits.MAIL_CODES, str(session.agent_id)))
    with transaction.atomic():
        agent = locks.hold_agent(session.agent_id)
        _require(session)
        code, columns = mail_codes.new(_binding(session, agent), lasts=LASTS)
        MailCode.objects.update_or_create(session=session, defaults=columns)
        about = About(subject_id=agent.pk, subject_label=agent.full_name)
        record(Action.MAIL_CODE_SENT, actor=acting(agent, browser), about=about, session=str(session.uid))
        outbox.post(letters.mail_code(agent, code, browser))


def finish(session: Session, code: str, *, browser: Browser, known_browser_token: str = "") -> SignedIn:
    """Strengthen the session, under a new token, for who typed the code of its mail.

    Tries are counted with those of every second step of the agent, and five for one code. Raises `MailNotOffered`,
    `WrongSecondStep`, `WrongCode`, `TooManyAttempts`, `PendingOver`.
    """
    _require(session)
    proof = second_step.counted(session.agent, browser, lambda: _proof(session, code))
    with transaction.atomic():
        locks.hold_agent(session.agent_id)
        _require(session)  # a factor was added while the code was typed
        return second_step.complete(session, proof, browser=browser, known_browser_token=known_browser_token)


def _proof(session: Session, code: str) -> FactorProof | None:
    agent = Agent.objects.get(pk=session.agent_id)
    taken = mail_codes.take(MailCode.objects.filter(session=session), _binding(session, agent), code)
    return FactorProof("mail", agent.pk) if taken else None


def _binding(session: Session, agent: Agent) -> mail_codes.Binding:
    # The mailbox too: a code sent to the one of before says nothing about who reads the present one.
    return mail_codes.Binding(use="authentication/mail-step", to=f"{session.uid}\n{agent.pk}\n{agent.email}")


def _require(session: Session) -> None:
    if not is_offered(session):
        raise MailNotOffered
