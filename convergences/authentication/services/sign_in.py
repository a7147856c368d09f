"""Signing in with a password, against guessing, telling who exists, locking others out and wearing the machine out."""

from dataclasses import dataclass

from django.db import transaction

from convergences.audit.services import About, record
from convergences.authentication import hashing, limits, queries, rules
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting, stranger
from convergences.authentication.errors import TooManyAttempts, WrongCredentials
from convergences.authentication.identifiers import identifier_digest, normalised
from convergences.authentication.limits import Source
from convergences.authentication.models import Password, Session
from convergences.authentication.services import attempts, known_browsers, passwords, sessions
from convergences.directory.models import Agent
from convergences.directory.services import agents, locks

BY_PASSWORD = ("pwd",)  # RFC 8176


@dataclass(frozen=True, slots=True, repr=False)  # a trace must not show a password
class Attempt:
    """What was typed, and from where. `known_browser_token`: what this browser kept from an earlier sign-in, if any."""

    identifier: str
    password: str
    browser: Browser
    known_browser_token: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """An open session, the token that the browser keeps for it, and the one by which the browser is known again."""

    session: Session
    token: str
    known_browser_token: str


def sign_in(attempt: Attempt, *, previous_session: Session | None = None) -> SignedIn:
    """Open a session for who knows the password.

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
        signed_in = _let_in(password, attempt, source, previous_session)
        if signed_in:
            return signed_in
    _tell_failure(identifier, password, attempt.browser, taken)
    if not known:
        attempts.count(address)
    if taken.blocked_until:
        raise TooManyAttempts(taken.blocked_until)
    raise WrongCredentials(taken.remaining)


def open_for(
    agent: Agent, *, browser: Browser, known_browser_token: str, previous_session: Session | None = None
) -> SignedIn:
    """Open a session for an agent who has proved who they are, in the current transaction; remember the browser."""
    session, token = sessions.open_session(agent, factors=BY_PASSWORD, browser=browser, previous=previous_session)
    kept = known_browsers.remember(agent, known_browser_token)
    agents.note_sign_in(agent, session.created_at)
    about = About(subject_id=agent.pk, subject_label=agent.full_name)
    record(
        Action.SIGNED_IN, actor=acting(agent, browser), about=about, factors=list(BY_PASSWORD), session=str(session.uid)
    )
    return SignedIn(session, token, kept)


def _let_in(checked: Password, attempt: Attempt, source: Source, previous: Session | None) -> SignedIn | None:
    """Open the session, unless the account was put to sleep or its password changed while this one was being hashed."""
    with transaction.atomic():
        agent = locks.hold_agent(checked.agent_id)
        unchanged = Password.objects.filter(pk=checked.pk, changed_at=checked.changed_at).exists()
        if not (unchanged and rules.may_sign_in(agent)):
            return None
        attempts.forgive(source)
        return open_for(
            agent,
            browser=attempt.browser,
            known_browser_token=attempt.known_browser_token,
            previous_session=previous,
        )


def _tell_failure(identifier: str, password: Password | None, browser: Browser, taken: attempts.Taken) -> None:
    agent = password.agent if password else None
    about = About(subject_id=agent.pk, subject_label=agent.full_name) if agent else About()
    word = Action.SIGN_IN_BLOCKED if taken.blocked_until else Action.SIGN_IN_FAILED
    with transaction.atomic():
        # What is typed as an identifier may be a password typed in the wrong field: it is never written in clear.
        record(word, actor=stranger(browser), about=about, identifier=identifier_digest(identifier))
