"""How strongly an agent signed in, on ProConnect's scale of 2026, and whether that is what a client must have.

`eidas3` asks for a card or a key whose holder was met and checked: it is never given, and never promised.
"""

from collections.abc import Iterable

from convergences.authentication.models import Level, Session

# What a sign-in is worth, itself first: who has two factors has one, and an identity that is vouched for is declared.
WORTH: dict[str, tuple[str, ...]] = {
    Level.ONE_FACTOR: ("eidas1", "eidas0"),
    Level.TWO_STEPS: ("eidas1-mfa", "eidas1", "eidas0-mfa", "eidas0"),
    Level.TWO_FACTORS: ("eidas2", "eidas1-mfa", "eidas1", "eidas0-mfa", "eidas0"),
}
SUPPORTED = ("eidas0", "eidas0-mfa", "eidas1", "eidas1-mfa", "eidas2")


def of(session: Session) -> str:
    """Return the `acr` of a session: what happened in it, whatever device it is remembered on."""
    return Level(session.level).value


def answering(session: Session, wanted: tuple[str, ...]) -> str:
    """Return the `acr` that answers an essential request, the session's own when it is among those, or nothing.

    The value given back must be one of those asked for (OpenID Connect Core, section 5.5.1.1).
    """
    return next((worth for worth in WORTH[of(session)] if worth in wanted), "")


def needed(wanted: Iterable[str]) -> Level | None:
    """Return the weakest level that answers this, or None when no sign-in here ever will."""
    asked = set(wanted)
    return next((level for level in Level if asked & set(WORTH[level])), None)
