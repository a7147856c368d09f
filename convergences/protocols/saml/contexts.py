"""How strongly an agent signed in, in the words of the norm, and whether that is what was asked (Core, 3.3.2.2.1)."""

from collections.abc import Callable

from convergences.authentication.models import Session
from convergences.protocols.saml import names
from convergences.protocols.saml.asking import Asked
from convergences.protocols.saml.errors import NoAuthnContext

# From the weakest to the strongest that we can vouch for; `unspecified` asks for nothing.
_LADDER = (names.CONTEXT_UNSPECIFIED, names.PASSWORD, names.MULTI_FACTOR)
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "exact": lambda held, asked: held == asked,
    "minimum": lambda held, asked: held >= asked,
    "better": lambda held, asked: held > asked,
    "maximum": lambda held, asked: held <= asked,
}


def of(session: Session) -> str:
    """Return what a session can be vouched for."""
    return names.MULTI_FACTOR if session.second_factor_at is not None else names.PASSWORD


def can_answer(session: Session, asked: Asked) -> bool:
    """Tell whether a session is what a request asks for, as strong as it is now."""
    try:
        answering(session, asked)
    except NoAuthnContext:
        return False
    return True


def answering(session: Session, asked: Asked) -> str:
    """Return the context to answer; raises `NoAuthnContext` when the session is not what was asked."""
    held = of(session)
    if not asked.contexts:
        return held
    compare = _COMPARISONS.get(asked.comparison)
    # A session by two factors is by password too: it answers who asks for exactly that.
    for rung in range(1, _LADDER.index(held) + 1):
        for context in asked.contexts:
            if compare and context in _LADDER and _holds(compare, rung, context):
                return _LADDER[rung] if asked.comparison == "exact" else held
    raise NoAuthnContext("The agent did not sign in as asked")


def _holds(compare: Callable[[int, int], bool], rung: int, context: str) -> bool:
    return context == names.CONTEXT_UNSPECIFIED or compare(rung, _LADDER.index(context))
