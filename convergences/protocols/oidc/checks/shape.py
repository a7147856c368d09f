"""Checks of the request's form, before its meaning."""

from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import (
    InvalidRequest,
    RegistrationNotSupported,
    RequestTooLarge,
    UnauthorizedClient,
    UnsupportedResponseType,
)

LARGEST_REQUEST = 3600  # with our own proof, what `web.entrance.returning` takes back after the sign-in page
LONGEST_STATE = 2048
LONGEST_NONCE = 255
RESPONSE_MODES = ("query", "form_post")


def is_of_bounded_size(asked: Asked) -> None:
    """A request is no larger than any honest one, so that refusing it costs nothing."""
    if asked.size > LARGEST_REQUEST:
        raise RequestTooLarge("The request is too large")


def repeats_nothing(asked: Asked) -> None:
    """No parameter comes twice: which one the client meant would be anybody's choice (RFC 6749, section 3.1)."""
    if any(asked.repeated()):
        raise InvalidRequest("A parameter is repeated")


def holds_no_null(asked: Asked) -> None:
    """Nothing holds U+0000, which PostgreSQL refuses by an error: what is pushed is kept, whether we know it or not."""
    if any("\x00" in text for name, values in asked.parameters.items() for text in (name, *values)):
        raise InvalidRequest("A parameter holds a null character")


def registers_nothing(asked: Asked) -> None:
    """Registration by value is refused, never ignored (OpenID Connect Core, section 7.2.1)."""
    if asked.one("registration"):
        raise RegistrationNotSupported("registration is not supported")


def asks_for_a_code(asked: Asked) -> None:
    """`response_type` is `code` and nothing else (RFC 6749, section 4.1.1; RFC 9700, section 2.1.2)."""
    if not asked.one("response_type"):
        raise InvalidRequest("response_type is missing")
    if asked.one("response_type") != "code":
        raise UnsupportedResponseType("Only response_type=code is supported")
    if "authorization_code" not in asked.known_client.grant_types:
        raise UnauthorizedClient("This client may not use the authorization code")


def answers_in_a_known_way(asked: Asked) -> None:
    """`response_mode` is `query`, the default of a code (OAuth 2.0 Multiple Response Types, 2.1), or `form_post`.

    An error found later travels by the way asked for; one about the way itself, or about a way said twice, by `query`.
    """
    if len(asked.parameters.get("response_mode", ())) > 1:
        return  # refused by the next check
    mode = asked.one("response_mode") or asked.response_mode
    if mode not in RESPONSE_MODES:
        raise InvalidRequest("response_mode is not supported")
    asked.response_mode = mode


def has_plain_state_and_nonce(asked: Asked) -> None:
    """`state` and `nonce` are of bounded size and hold no control character, which logs and databases would suffer."""
    if len(asked.one("state")) > LONGEST_STATE:
        raise InvalidRequest("state is too long")
    if len(asked.one("nonce")) > LONGEST_NONCE:
        raise InvalidRequest("nonce is too long")
    if not asked.one("nonce").isprintable() or not asked.one("state").isprintable():
        raise InvalidRequest("state or nonce holds a control character")
