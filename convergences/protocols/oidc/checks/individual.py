"""Claims asked for one by one, and how strong a sign-in must be (OpenID Connect Core, sections 5.5 and 5.5.1.1)."""

from typing import Any

from convergences.protocols.oidc import acr, scopes, strict_json
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import InvalidRequest, UnmetAuthenticationRequirements

PLACES = ("userinfo", "id_token")
MANY_VALUES = 20


def claims_are_understood(asked: Asked) -> None:
    """`claims` is the JSON object of section 5.5; a claim that we do not know is ignored, as the section wants.

    No claim is asked for one by one that the client's own scope could not hold; the sheet has the last word later.
    """
    given = asked.one("claims")
    asked.wished_acr = tuple(asked.one("acr_values").split()[:MANY_VALUES])
    if not given:
        return
    try:
        content = strict_json.read(given.encode())
    except ValueError as error:
        raise InvalidRequest("claims is not JSON") from error
    if not isinstance(content, dict):
        raise InvalidRequest("claims must be an object")
    allowed = scopes.claims_of(asked.known_client.scope)
    for place in PLACES:
        wanted = _members(content.get(place))
        if named := sorted(allowed & wanted.keys()):
            asked.claims[place] = named
        _sign_in_wanted(asked, wanted)
    if asked.acr and acr.needed(asked.acr) is None:
        raise UnmetAuthenticationRequirements("No sign-in here is as strong as that")


def _members(given: Any) -> dict[str, Any]:
    members = {} if given is None else given
    if not isinstance(members, dict):
        raise InvalidRequest("claims holds a member that is not an object")
    if not all(wish is None or isinstance(wish, dict) for wish in members.values()):
        raise InvalidRequest("claims asks for a claim by something else than an object")
    return members


def _sign_in_wanted(asked: Asked, wanted: dict[str, Any]) -> None:
    """Keep what is asked of the sign-in itself: an essential `acr`, or one agent by their `sub`."""
    wish = wanted.get("acr") or {}
    values = _values(wish)
    if wish.get("essential") is True and values:
        # Asked for in both places, both must hold.
        asked.acr = tuple(value for value in values if not asked.acr or value in asked.acr) or ("",)
    elif values:
        asked.wished_acr = (*asked.wished_acr, *values)
    if subjects := _values(wanted.get("sub") or {}):
        if (asked.hint and asked.hint.get("sub") not in subjects) or len(subjects) > 1:
            raise InvalidRequest("claims and id_token_hint name several users")
        asked.hint = {**asked.hint, "sub": subjects[0]}


def _values(wish: dict[str, Any]) -> list[str]:
    """Return the values of a wish: `value`, or `values` in order of preference (section 5.5.1)."""
    one, several = wish.get("value"), wish.get("values")
    values = [one] if one is not None else several if several is not None else []
    if not isinstance(values, list) or len(values) > MANY_VALUES or not all(isinstance(each, str) for each in values):
        raise InvalidRequest("claims holds a value that is not text")
    return values
