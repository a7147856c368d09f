"""How strongly an agent signed in, on ProConnect's scale, and whether that is what a client must have."""

from convergences.authentication.models import Session

SUPPORTED = ("eidas1", "eidas1-mfa")
# What a sign-in is worth, itself first: who has two factors has one, and an identity that is vouched for is declared.
WORTH: dict[str, tuple[str, ...]] = {
    "eidas1": ("eidas1", "eidas0"),
    "eidas1-mfa": ("eidas1-mfa", "eidas1", "eidas0-mfa", "eidas0"),
}


def of(session: Session) -> str:
    """Return the `acr` of a session: an identity the employer vouches for, by one factor or several."""
    return "eidas1-mfa" if len(session.factors) > 1 else "eidas1"


def answering(session: Session, wanted: tuple[str, ...]) -> str:
    """Return the `acr` that answers an essential request, the session's own when it is among those, or nothing.

    The value given back must be one of those asked for (OpenID Connect Core, section 5.5.1.1).
    """
    return next((worth for worth in WORTH[of(session)] if worth in wanted), "")
