"""The second step: from a right password to a session, or from a session to a stronger one. Never a way around.

Whatever was checked arrives as a `FactorProof`; `complete` alone opens and upgrades. Call these verbs outside a
transaction: what they count must stay counted when they refuse.
"""

import datetime as dt
from collections.abc import Callable

from django.db import IntegrityError, transaction

from convergences.audit.services import About, record
from convergences.authentication import letters, limits, queries, rules, strengths
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting, stranger
from convergences.authentication.errors import (
    CodeAlreadyUsed,
    PendingOver,
    SeedUnreadable,
    TooManyAttempts,
    WrongSecondStep,
)
from convergences.authentication.models import Password, Session, SpentChallenge
from convergences.authentication.proofs import FactorProof, Pending, Who
from convergences.authentication.services import (
    attempts,
    devices,
    known_browsers,
    opening,
    passwords,
    recovery_codes,
    recovery_ends,
    sessions,
    totp,
)
from convergences.authentication.services.opening import SignedIn
from convergences.directory.models import Agent
from convergences.directory.services import locks
from convergences.foundations import clock, outbox
from convergences.foundations.sealing import digest

__all__ = ["FactorProof", "Pending", "SignedIn", "Who"]

LASTS = dt.timedelta(minutes=10)
# A code on paper, or by mail, helps once: it makes no browser trusted for a month.
REMEMBERABLE = frozenset({"totp", "passkey", "passkey_unverified"})
# Ends that the agent did not decide, and nobody for them: they say nothing about what else is under way.
_IDLE_ENDS = ("idle", "expired", "signed_in_again")


def resolve(pending: Pending) -> Agent:
    """Return the agent who stands before the second step; raises `PendingOver`.

    It falls after ten minutes, when it has served, when the password changes, when the account is put to sleep, and
    when a session of the agent is ended by somebody after it: what closes everything closes what is about to open.
    """
    now = clock.now()
    if not pending.at <= now < pending.at + LASTS or SpentChallenge.objects.filter(digest=_mark(pending)).exists():
        raise PendingOver
    rows = Password.objects.filter(agent=pending.agent_id, changed_at=pending.password_changed_at)
    password = rows.select_related("agent").first()
    if password is None or not rules.may_sign_in(password.agent):
        raise PendingOver
    closed = Session.objects.filter(agent=pending.agent_id, ended_at__gt=pending.at)
    if closed.exclude(end_reason__in=_IDLE_ENDS).exists():
        raise PendingOver
    return password.agent


def by_totp(
    who: Who, code: str, *, browser: Browser, known_browser_token: str = "", remember: bool = False
) -> SignedIn:
    """Make the second step with the code that an application shows.

    Raises `WrongSecondStep`, `CodeAlreadyUsed`, `TooManyAttempts`, `PendingOver`, `SeedUnreadable`.
    """
    agent = standing(who)
    proof = counted(agent, browser, lambda: totp.prove(agent, code))
    return complete(who, proof, browser=browser, known_browser_token=known_browser_token, remember=remember)


def by_recovery_code(who: Who, code: str, *, browser: Browser, known_browser_token: str = "") -> SignedIn:
    """Make the second step with one of the codes kept on paper, which has then served.

    Raises `WrongSecondStep`, `TooManyAttempts`, `PendingOver`, `Overloaded`.
    """
    agent = standing(who)
    proof = counted(agent, browser, lambda: recovery_codes.prove(agent, code, browser=browser))
    return complete(who, proof, browser=browser, known_browser_token=known_browser_token)


def standing(who: Who) -> Agent:
    """Return the agent who makes the step; raises `PendingOver`."""
    return resolve(who) if isinstance(who, Pending) else who.agent


def counted(agent: Agent, browser: Browser, check: Callable[[], FactorProof | None]) -> FactorProof:
    """Count a try of this agent's, from wherever, before it is made; return the proof that the check gives.

    One counter for every kind of code, session and browser: who knows the password gets no more tries by opening more
    of them. Raises `WrongSecondStep` when there is no proof, `TooManyAttempts`, and what the check raises.
    """
    source = limits.of_second_step(agent.pk)
    taken = attempts.take(source)
    try:
        proof = check()
    except (CodeAlreadyUsed, SeedUnreadable) as refusal:
        _tell_failure(agent, browser, taken, why=refusal.code)
        raise
    if proof is None:
        _tell_failure(agent, browser, taken)
        if taken.blocked_until:
            raise TooManyAttempts(taken.blocked_until)
        raise WrongSecondStep(taken.remaining)
    attempts.forgive(source)
    return proof


@transaction.atomic
def complete(
    who: Who, proof: FactorProof, *, browser: Browser, known_browser_token: str = "", remember: bool = False
) -> SignedIn:
    """Open the session of a pending sign-in, or strengthen the session of before under a new token.

    `remember`: trust this browser for thirty days (`device_token`), unless the proof was a code on paper or by mail.
    Raises `PendingOver` when what stood there does no more, or is not the agent of the proof.
    """
    if proof.agent_id != who.agent_id:
        raise PendingOver
    agent = locks.hold_agent(proof.agent_id)
    if not rules.may_sign_in(agent):
        raise PendingOver
    if isinstance(who, Pending):
        resolve(who)
        spend(who)
        strength = strengths.after_password(proof.kind)
        done = opening.open_for(agent, strength, browser=browser, known_browser_token=known_browser_token)
    else:
        done = _strengthened(who, agent, proof, browser, known_browser_token)
    if proof.kind != "mail":  # of which nothing was ever lost
        recovery_ends.cancel(agent, why="found_again", actor=acting(agent, browser), here=done.session)
    return _remembering(done, browser) if remember and proof.kind in REMEMBERABLE else done


@transaction.atomic
def sign_in_with_passkey(
    proof: FactorProof, *, browser: Browser, known_browser_token: str = "", previous_session: Session | None = None
) -> SignedIn:
    """Open a session for who holds a passkey that asked its holder for a code or a finger: it is both factors at once.

    Raises `PendingOver` for any other proof, and for an account that may not sign in.
    """
    agent = locks.hold_agent(proof.agent_id)
    if proof.kind != "passkey" or not rules.may_sign_in(agent):
        raise PendingOver
    recovery_ends.cancel(agent, why="found_again", actor=acting(agent, browser))
    return opening.open_for(
        agent,
        strengths.PASSKEY_ALONE,
        browser=browser,
        known_browser_token=known_browser_token,
        previous_session=previous_session,
    )


def confirm_password(session: Session, password: str, *, browser: Browser) -> SignedIn:
    """Note that the agent has just typed their password again, in this session, which takes a new token.

    Counted with the tries of a change of password. Raises `WrongCurrentPassword`, `TooManyAttempts`, `Overloaded`,
    `PendingOver`.
    """
    passwords.prove(session.agent, password)
    with transaction.atomic():
        agent = locks.hold_agent(session.agent_id)
        token = sessions.strengthen(session, strengths.of_session(session, strengths.PASSWORD), password=True)
        record(Action.PASSWORD_CONFIRMED, actor=acting(agent, browser), about=_about(agent), session=str(session.uid))
    return SignedIn(session, token, "")


def stand_again(session: Session, password: str) -> Pending:
    """Bring the agent of a living session back before the second step, by their password: a recovery is finished there.

    Counted with the tries of a change of password. Raises `WrongCurrentPassword`, `TooManyAttempts`, `Overloaded`,
    `PendingOver`.
    """
    found = queries.password_of(session.agent)
    passwords.prove(session.agent, password)
    if found is None:
        raise PendingOver
    return Pending(session.agent_id, found.changed_at, clock.now())


def _strengthened(
    session: Session, agent: Agent, proof: FactorProof, browser: Browser, known_browser_token: str
) -> SignedIn:
    added = strengths.ADDED[proof.kind]
    strength = strengths.of_session(session, added)
    token = sessions.strengthen(session, strength, second_factor=added.second_factor)
    told = {"factors": list(strength.factors), "session": str(session.uid)}
    record(Action.STEPPED_UP, actor=acting(agent, browser), about=_about(agent), kind=proof.kind, **told)
    return SignedIn(session, token, known_browsers.remember(agent, known_browser_token))


def _remembering(done: SignedIn, browser: Browser) -> SignedIn:
    """Trust this browser; the device that it was before, if any, is that one no more."""
    session = done.session
    device, token = devices.remember(session.agent, browser, instead_of=session.remembered_device_id)
    session.remembered_device = device
    session.save(update_fields=["remembered_device"])
    return SignedIn(session, done.token, done.known_browser_token, token)


def spend(pending: Pending) -> None:
    """Let a pending sign-in open one session: the cookie that carried it, copied, opens no second one."""
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(digest=_mark(pending), expires_at=pending.at + LASTS)
    except IntegrityError:
        raise PendingOver from None


def _mark(pending: Pending) -> str:
    return digest(f"pending\n{pending.agent_id}\n{pending.at.isoformat()}")


def _tell_failure(agent: Agent, browser: Browser, taken: attempts.Taken, *, why: str = "wrong") -> None:
    """Tell a failure; the first of a day that suspends the step is told by mail: somebody has the password."""
    with transaction.atomic():
        word = Action.SECOND_STEP_BLOCKED if taken.blocked_until else Action.SECOND_STEP_FAILED
        record(word, actor=stranger(browser), about=_about(agent), why=why)
        if taken.blocked_until and _first_of_the_day(agent):
            outbox.post(letters.second_step_blocked(agent, browser))


def _first_of_the_day(agent: Agent) -> bool:
    try:
        attempts.take(limits.of_second_step(agent.pk, limit=limits.SECOND_STEP_TOLD))
    except TooManyAttempts:
        return False
    return True


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
