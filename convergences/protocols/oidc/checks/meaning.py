"""What is asked: scope, prompt, age of the sign-in, hint."""

from convergences.protocols.oidc import id_tokens, scopes
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import InvalidRequest, InvalidScope, InvalidTarget

PROMPTS = frozenset({"none", "login", "select_account", "consent"})
LONGEST_MAX_AGE = 10
LONGEST_AUDIENCE = 500


def scope_holds_openid(asked: Asked) -> None:
    """`openid` is asked for, and the client may have it (OpenID Connect Core, section 3.1.2.1)."""
    granted = scopes.granted(asked.one("scope"), asked.known_client.scope)
    if "openid" not in granted.split():
        raise InvalidScope("scope must contain openid")
    asked.scope = granted


def resources_are_its_own(asked: Asked) -> None:
    """Each `resource` is one of the application's own addresses, to the letter (RFC 8707, section 2).

    An agent's token is never for another application: what they may do there is for admission to say, when they enter.
    """
    named = tuple(dict.fromkeys(filter(None, asked.parameters.get("resource", ()))))
    if not set(named) <= set(asked.known_client.resources):
        raise InvalidTarget("The resource is not one of the client's own")
    if len(" ".join(named)) > LONGEST_AUDIENCE:
        raise InvalidTarget("The resources are too many for one token")
    asked.resources = named


def prompt_is_understood(asked: Asked) -> None:
    """`prompt` holds known words, and `none` stands alone (OpenID Connect Core, section 3.1.2.1)."""
    words = frozenset(asked.one("prompt").split())
    if words - PROMPTS:
        raise InvalidRequest("prompt is not supported")
    if "none" in words and len(words) > 1:
        raise InvalidRequest("prompt none stands alone")
    asked.prompts = words


def max_age_is_a_number(asked: Asked) -> None:
    """`max_age` is a number of seconds (OpenID Connect Core, section 3.1.2.1)."""
    given = asked.one("max_age")
    if not given:
        return
    if not (given.isascii() and given.isdigit() and len(given) <= LONGEST_MAX_AGE):
        raise InvalidRequest("max_age must be a number of seconds")
    asked.max_age = int(given)


def hint_is_ours(asked: Asked) -> None:
    """`id_token_hint` bears our signature; it may have expired (RP-Initiated Logout 1.0, section 2)."""
    hint = asked.one("id_token_hint")
    if not hint:
        return
    claims = id_tokens.read_hint(hint)
    if claims is None:
        raise InvalidRequest("id_token_hint is not one of ours")
    asked.hint = claims
