"""Scopes: bundles of claims a client may ask for. The application's sheet has the last word on each claim."""

import re

STANDARD: dict[str, frozenset[str]] = {
    "openid": frozenset(),
    "profile": frozenset(
        {
            "given_name",
            "usual_name",
            "family_name",
            "name",
            "picture",
            "organizational_unit",
            "organization",
            "siret",
            "roles",
        }
    ),
    "email": frozenset({"email", "email_verified"}),
    "phone": frozenset({"phone_number"}),
}
# One scope per claim, as ProConnect's clients ask.
SINGLE: dict[str, frozenset[str]] = {
    word: frozenset({word})
    for word in ("given_name", "usual_name", "organizational_unit", "organization", "siret", "roles")
}
_MACHINE = re.compile(r"[a-z][a-z0-9._:-]{0,59}")
OFFLINE = "offline_access"
CLAIMS: dict[str, frozenset[str]] = {**STANDARD, **SINGLE, OFFLINE: frozenset()}
SUPPORTED: tuple[str, ...] = tuple(CLAIMS)


def is_of_machine(word: str) -> bool:
    """Tell whether a word may name what a machine does at an application: of its own, and none of ours."""
    return word not in SUPPORTED and _MACHINE.fullmatch(word) is not None


def of_machine(allowed: str) -> list[str]:
    """Return the machine's words among what a client may ask."""
    return [word for word in allowed.split() if word not in SUPPORTED]


def claims_of(scope: str) -> set[str]:
    """Return the names of the claims that this scope asks for (OpenID Connect Core, section 5.4)."""
    return {claim for word in scope.split() for claim in CLAIMS.get(word, frozenset())}


def granted(asked: str, allowed: str) -> str:
    """Return what is granted of a scope asked for: what the client is allowed, in the order it asked.

    A word that is not understood is ignored, not refused (OpenID Connect Core, section 3.1.2.1).
    """
    permitted = set(allowed.split()) & set(SUPPORTED)
    return " ".join(dict.fromkeys(word for word in asked.split() if word in permitted))
