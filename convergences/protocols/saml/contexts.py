"""How strongly an agent signed in, in the words of the norm, and whether that is what was asked (Core, 3.3.2.2.1).

Three contexts are vouched for: `PasswordProtectedTransport` when a password was typed, REFEDS' `profile/mfa` when two
factors were shown (level `eidas2`), and `unspecified`. A recovery code is no second factor in REFEDS' sense, nor is a
remembered device. Contexts of one particular device (`TimeSyncToken`, `MobileTwoFactorContract`) are not promised: an
agent chooses their factor, and changes it, without asking the application.
"""

from enum import Enum

from convergences.authentication.models import Level, Session
from convergences.protocols.saml import names
from convergences.protocols.saml.asking import Asked
from convergences.protocols.saml.errors import NoAuthnContext

STRENGTHS = {names.CONTEXT_UNSPECIFIED: 0, names.PASSWORD: 1, names.MULTI_FACTOR: 2}
_ALL = (names.MULTI_FACTOR, names.PASSWORD, names.CONTEXT_UNSPECIFIED)
_COMPARISONS = frozenset({"exact", "minimum", "maximum", "better"})


class Missing(Enum):
    """What an agent can still do for a session to be what was asked."""

    NOTHING = "nothing"
    SECOND_FACTOR = "second_factor"
    PASSWORD = "password"  # noqa: S105 - a word


def of(session: Session) -> str:
    """Return the strongest that a session can be vouched for."""
    return _held(session)[0]


def missing(session: Session, asked: Asked) -> Missing:
    """Return what the session lacks; raises `NoAuthnContext` when no sign-in here is what was asked."""
    attainable(asked)
    if _found(_held(session), asked):
        return Missing.NOTHING
    # Who signed in by a passkey alone typed no password: it would not be true to say so, however strong it was.
    return Missing.SECOND_FACTOR if attainable(asked) == names.MULTI_FACTOR else Missing.PASSWORD


def attainable(asked: Asked) -> str:
    """Return what the strongest sign-in would answer; raises `NoAuthnContext` when even that is not what was asked."""
    context = _found(_ALL, asked)
    if not context:
        raise NoAuthnContext("No sign-in here is what was asked")
    return context


def answering(session: Session, asked: Asked) -> str:
    """Return the context to answer; raises `NoAuthnContext` when the session is not what was asked."""
    context = _found(_held(session), asked)
    if not context:
        raise NoAuthnContext("The agent did not sign in as asked")
    return context


def _held(session: Session) -> tuple[str, ...]:
    """Return all that is true of the session, the strongest first."""
    strong = (names.MULTI_FACTOR,) if session.level == Level.TWO_FACTORS else ()
    typed = (names.PASSWORD,) if "pwd" in session.factors else ()
    return (*strong, *typed, names.CONTEXT_UNSPECIFIED)


def _found(held: tuple[str, ...], asked: Asked) -> str:
    """Return the strongest of what is held that answers, or nothing; for `exact`, the first that is asked for."""
    if not asked.contexts or names.CONTEXT_UNSPECIFIED in asked.contexts:
        return held[0]
    known = [context for context in asked.contexts if context in STRENGTHS]
    if not known or asked.comparison not in _COMPARISONS:
        return ""
    if asked.comparison == "exact":
        return next((context for context in known if context in held), "")
    return next((context for context in held if _compares(STRENGTHS[context], asked, known)), "")


def _compares(strength: int, asked: Asked, known: list[str]) -> bool:
    """`better` is than any of those asked for, and one that we do not know might be stronger."""
    strengths = [STRENGTHS[context] for context in known]
    if asked.comparison == "minimum":
        return strength >= min(strengths)
    if asked.comparison == "maximum":
        return 0 < strength <= max(strengths)
    return len(known) == len(asked.contexts) and strength > max(strengths)
