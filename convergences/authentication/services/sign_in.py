"""Signing in with a password, against guessing, telling who exists, locking others out and wearing the machine out."""

from dataclasses import dataclass

from django.db import transaction

from convergences.audit.services import About, record
from convergences.authentication import hashing, limits, queries, rules, strengths
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting, stranger
from convergences.authentication.errors import TooManyAttempts, WrongCredentials
from convergences.authentication.identifiers import identifier_digest, normalised
from convergences.authentication.limits import Source
from convergences.authentication.models import Password, Session
from convergences.authentication.proofs import Pending
from convergences.authentication.queries import Methods
from convergences.authentication.services import attempts, devices, known_browsers, passwords, sessions
from convergences.authentication.services.opening import SignedIn, open_for
from convergences.directory.models import Agent
from convergences.directory.services import locks
from convergences.foundations import clock

__all__ = ["Attempt", "SecondStepNeeded", "SignedIn", "sign_in"]


@dataclass(frozen=True, slots=True, repr=False)  # a trace must not show a password
class Attempt:
    """What was typed, and from where.

    `known_browser_token`, `device_token`: what this browser kept from an earlier sign-in, and of a device trusted.
    """

    identifier: str
    password: str
    browser: Browser
    known_browser_token: str = ""
    device_token: str = ""


@dataclass(frozen=True, slots=True)
class SecondStepNeeded:
    """The password was right and nothing is open: who stands there, and what they can go on with."""

    pending: Pending
    methods: Methods


def sign_in(attempt: Attempt, *, previous_session: Session | None = None) -> SignedIn | SecondStepNeeded:
    """Open a session for who knows the password, unless the agent has a second factor and this browser is not trusted.

    The attempt is counted first, then hashed, then answered: the work is the same for an unknown identifier, a
    suspended account and a wrong password. Call it outside a transaction: what it counts must stay counted.

    Raises `WrongCredentials`, `TooManyAttempts`, `Overloaded`.
    """
    identifier = normalised(attempt.identifier)
    source, known = known_browsers.source_of(identifier, attempt.known_browser_token)
    address = limits.of_address(attempt.browser.address)
    if not known:
        attempts.refuse_when_blocked(address)
    taken = attempts.take(source)
    password = queries.password_of_identifier(identifier)
    right = hashing.matches(password.hash if password else None, attempt.password)
    if right and password and rules.may_sign_in(password.agent):
        passwords.refresh(password, attempt.password)
        answer = _let_in(password, attempt, source, previous_session)
        if answer:
            return answer
    _tell_failure(identifier, password, attempt.browser, taken)
    if not known:
        attempts.count(address)
    if taken.blocked_until:
        raise TooManyAttempts(taken.blocked_until)
    raise WrongCredentials(taken.remaining)


def _let_in(
    checked: Password, attempt: Attempt, source: Source, previous: Session | None
) -> SignedIn | SecondStepNeeded | None:
    """Go on, unless the account was put to sleep or its password changed while this one was being hashed."""
    with transaction.atomic():
        agent = locks.hold_agent(checked.agent_id)
        unchanged = Password.objects.filter(pk=checked.pk, changed_at=checked.changed_at).exists()
        if not (unchanged and rules.may_sign_in(agent)):
            return None
        attempts.forgive(source)
        strength = strengths.PASSWORD
        if queries.has_second_factor(agent.pk):
            device = devices.find(agent, attempt.device_token)
            if device is None:
                return _second_step(agent, checked, attempt.browser, previous)
            strength = strengths.with_device(device)
        return open_for(
            agent,
            strength,
            browser=attempt.browser,
            known_browser_token=attempt.known_browser_token,
            previous_session=previous,
        )


def _second_step(agent: Agent, checked: Password, browser: Browser, previous: Session | None) -> SecondStepNeeded:
    """Open nothing; the session of before ends now, so that no token planted in this browser outlives a sign-in."""
    actor = acting(agent, browser)
    if previous is not None:
        sessions.end(previous, reason="signed_in_again", actor=actor)
    about = About(subject_id=agent.pk, subject_label=agent.full_name)
    record(Action.SECOND_STEP_ASKED, actor=actor, about=about)
    return SecondStepNeeded(Pending(agent.pk, checked.changed_at, clock.now()), queries.methods_of(agent))


def _tell_failure(identifier: str, password: Password | None, browser: Browser, taken: attempts.Taken) -> None:
    agent = password.agent if password else None
    about = About(subject_id=agent.pk, subject_label=agent.full_name) if agent else About()
    word = Action.SIGN_IN_BLOCKED if taken.blocked_until else Action.SIGN_IN_FAILED
    with transaction.atomic():
        # What is typed as an identifier may be a password typed in the wrong field: it is never written in clear.
        record(word, actor=stranger(browser), about=about, identifier=identifier_digest(identifier))
